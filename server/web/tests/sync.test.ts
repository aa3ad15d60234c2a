import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { canonical, CanonicalError, checksum } from "../src/core/canonical";
import { applyPatch, PatchError } from "../src/core/patch";
import { type Action, Replica } from "../src/core/reconcile";
import type { Joined, Json, Patch, PatchOp, Snapshot } from "../src/protocol.gen";

const read = <T>(name: string): T => JSON.parse(readFileSync(join(process.env["CASES"] as string, "sync", name), "utf8")) as T;

describe("canonical.json", () => {
  const cases = read<{
    values: { name: string; value: Json; json: string; checksum: number }[];
    refused: { name: string; text: string; path: string }[];
  }>("canonical.json");
  for (const { name, value, json, checksum: crc } of cases.values) {
    test(name, () => {
      assert.equal(canonical(value), json);
      assert.equal(checksum(value), crc);
    });
  }
  for (const { name, text, path } of cases.refused) {
    test(`refused: ${name}`, () => {
      assert.throws(
        () => canonical(JSON.parse(text)),
        (error) => error instanceof CanonicalError && error.path === path,
      );
    });
  }
});

describe("patch.json", () => {
  const cases = read<{
    apply: { name: string; value: Json; ops: PatchOp[]; result: Json }[];
    refused: { name: string; value: Json; ops: PatchOp[]; at: number }[];
  }>("patch.json");
  for (const { name, value, ops, result } of cases.apply) {
    test(name, () => {
      const before = canonical(value);
      assert.equal(canonical(applyPatch(value, ops)), canonical(result));
      assert.equal(canonical(value), before);
    });
  }
  for (const { name, value, ops, at } of cases.refused) {
    test(`refused: ${name}`, () => {
      assert.throws(
        () => applyPatch(value, ops),
        (error) => error instanceof PatchError && error.at === at,
      );
    });
  }
});

interface Input {
  readonly in: string;
  readonly message?: unknown;
  readonly id?: string;
  readonly type?: string;
  readonly args?: Json;
  readonly version?: number;
  readonly code?: string;
}

function feed(replica: Replica, input: Input) {
  const id = input.id ?? "";
  switch (input.in) {
    case "joined":
      return replica.joined(input.message as Joined);
    case "patch":
      return replica.patch(input.message as Patch);
    case "snapshot":
      return replica.snapshot(input.message as Snapshot);
    case "act":
      return replica.act(id, { type: input.type ?? "", args: input.args ?? null });
    case "acted":
      return replica.acted(id, input.version ?? -1);
    case "refused":
      return replica.refused(id, input.code ?? "", input.message as string);
    case "lost":
      return replica.lost();
  }
  throw new Error(`no input is called ${input.in}`);
}

function place(view: Json, seat: number | null, action: Action): Json | null {
  const { cells, turn } = view as { cells: (number | null)[]; turn: number };
  const cell = (action.args as { cell?: number } | null)?.cell ?? -1;
  if (action.type !== "place" || turn !== seat || seat === null || cells[cell] !== null) return null;
  return { cells: cells.map((owner, at) => (at === cell ? seat : owner)), turn: 1 - turn };
}

describe("reconcile.json", () => {
  const { scripts } = read<{ scripts: { name: string; steps: { input: Input; expect: { [key: string]: Json } }[] }[] }>("reconcile.json");
  for (const { name, steps } of scripts) {
    test(name, () => {
      const replica = new Replica(place);
      for (const [at, { input, expect }] of steps.entries()) {
        const out = feed(replica, input).map((output) => {
          if (output.do !== "rolled_back") return output;
          const { action: _, ...said } = output;
          return said;
        });
        const found: { [key: string]: unknown } = {
          epoch: replica.epoch,
          version: replica.version,
          view: replica.view,
          shown: replica.shown,
          pending: replica.pending.map((pending) => pending.id),
          out,
        };
        assert.deepEqual(found, { ...found, ...expect }, `step ${at}: ${input.in}`);
      }
    });
  }
});
