/** Declared actions as fields to fill in: the part of JSON Schema that the server's declarations use. No DOM. */

import type { Json } from "../../protocol.gen";

/** As `GET /api/games` tells it. */
export interface ActionInfo {
  readonly name: string;
  readonly schema: Json;
  readonly out_of_turn?: boolean;
}

export type FieldKind =
  | { readonly is: "number"; readonly least: number | null; readonly most: number | null }
  | { readonly is: "choice"; readonly values: readonly (string | number)[] }
  | { readonly is: "yes-no" }
  | { readonly is: "text"; readonly longest: number | null }
  /** Row and column. */
  | { readonly is: "place" }
  /** Whatever else: to be typed as JSON. */
  | { readonly is: "other" };

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isNeeded: boolean;
  readonly usual: Json | undefined;
}

export interface Declared {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly isOutOfTurn: boolean;
}

type Schema = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: Json | undefined): number | null => (typeof value === "number" ? value : null);

export function declared({ name, schema, out_of_turn }: ActionInfo): Declared {
  const root = isObject(schema) ? schema : {};
  const defs = isObject(root["$defs"]) ? root["$defs"] : {};
  const shape = resolve(root, defs);
  const properties = isObject(shape["properties"]) ? shape["properties"] : {};
  const needed = Array.isArray(shape["required"]) ? shape["required"] : [];
  const fields = Object.entries(properties).map(([field, found]): Field => {
    const given = isObject(found) ? found : {};
    return { name: field, kind: kindOf(resolve(given, defs), defs), isNeeded: needed.includes(field), usual: given["default"] };
  });
  return { name, fields, isOutOfTurn: out_of_turn ?? false };
}

/** Through `$ref`, and through `anyOf` with null: what may be left out is described by the rest. */
function resolve(schema: Schema, defs: Schema, depth = 0): Schema {
  const ref = schema["$ref"];
  if (typeof ref === "string" && depth < 8) {
    const found = defs[ref.replace("#/$defs/", "")];
    return isObject(found) ? resolve(found, defs, depth + 1) : {};
  }
  const options = schema["anyOf"];
  if (Array.isArray(options)) {
    const real = options.filter((one): one is Schema => isObject(one) && one["type"] !== "null");
    if (real.length === 1 && real[0]) return resolve(real[0], defs, depth + 1);
  }
  return schema;
}

function kindOf(schema: Schema, defs: Schema): FieldKind {
  const values = schema["enum"];
  if (Array.isArray(values) && values.every((value) => typeof value === "string" || typeof value === "number")) {
    return { is: "choice", values: values as readonly (string | number)[] };
  }
  switch (schema["type"]) {
    case "integer":
    case "number":
      return { is: "number", least: bound(schema, "minimum", "exclusiveMinimum", 1), most: bound(schema, "maximum", "exclusiveMaximum", -1) };
    case "boolean":
      return { is: "yes-no" };
    case "string":
      return { is: "text", longest: numberOf(schema["maxLength"]) };
    case "array": {
      const parts = schema["prefixItems"];
      const items = Array.isArray(parts) ? parts : schema["minItems"] === 2 && schema["maxItems"] === 2 ? [schema["items"], schema["items"]] : [];
      const isPlace = items.length === 2 && items.every((item) => isObject(item) && resolve(item, defs)["type"] === "integer");
      return { is: isPlace ? "place" : "other" };
    }
    default:
      return { is: "other" };
  }
}

function bound(schema: Schema, inclusive: string, exclusive: string, step: number): number | null {
  const beyond = numberOf(schema[exclusive]);
  return numberOf(schema[inclusive]) ?? (beyond === null ? null : beyond + step);
}

/** `from_row` as people say it. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}
