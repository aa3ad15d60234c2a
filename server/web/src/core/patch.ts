import type { Json, PatchOp } from "../protocol.gen";

/** An operation names a place that the value does not have, or is malformed; `at` is its index. */
export class PatchError extends Error {
  at = 0;
}

/** RFC 6902 `add`, `remove` and `replace`. Gives a new value; unchanged parts are shared with the old one. */
export function applyPatch(value: Json, ops: readonly PatchOp[]): Json {
  return ops.reduce((before, op, at) => {
    try {
      return applyOp(before, op);
    } catch (error) {
      if (error instanceof PatchError) error.at = at;
      throw error;
    }
  }, value);
}

function applyOp(value: Json, op: PatchOp): Json {
  if (!["add", "remove", "replace"].includes(op.op)) throw new PatchError(`unknown operation ${op.op}`);
  if (op.op !== "remove" && op.value === undefined) throw new PatchError(`${op.op} without a value`);
  if (op.path === "") {
    if (op.op === "remove") throw new PatchError("the whole value cannot be removed");
    return op.value as Json;
  }
  if (!op.path.startsWith("/")) throw new PatchError(`bad path ${op.path}`);
  const keys = op.path.slice(1).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return change(value, keys, op);
}

function change(value: Json, keys: readonly string[], op: PatchOp): Json {
  const [key, ...rest] = keys as [string, ...string[]];
  if (value === null || typeof value !== "object") throw new PatchError(`nothing at ${op.path}`);
  if (Array.isArray(value)) return changeList(value, key, rest, op);
  const record = value as { readonly [key: string]: Json };
  const exists = Object.hasOwn(record, key);
  if (rest.length > 0) {
    if (!exists) throw new PatchError(`nothing at ${op.path}`);
    return { ...record, [key]: change(record[key] as Json, rest, op) };
  }
  if (!exists && op.op !== "add") throw new PatchError(`nothing to ${op.op} at ${op.path}`);
  if (op.op !== "remove") return { ...record, [key]: op.value as Json };
  const { [key]: _, ...others } = record;
  return others;
}

function changeList(list: readonly Json[], key: string, rest: readonly string[], op: PatchOp): Json {
  const isEnd = key === "-";
  if (!isEnd && !/^(0|[1-9]\d{0,8})$/.test(key)) throw new PatchError(`bad index in ${op.path}`);
  const index = isEnd ? list.length : Number(key);
  if (rest.length === 0 && op.op === "add") {
    if (index > list.length) throw new PatchError(`index beyond the list at ${op.path}`);
    return [...list.slice(0, index), op.value as Json, ...list.slice(index)];
  }
  if (index >= list.length) throw new PatchError(`nothing at ${op.path}`);
  if (rest.length > 0) return list.map((item, at) => (at === index ? change(item, rest, op) : item));
  return op.op === "remove" ? list.filter((_, at) => at !== index) : list.map((item, at) => (at === index ? (op.value as Json) : item));
}
