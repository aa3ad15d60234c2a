/** A view's values to read, as a tree. */

import type { Json } from "../../protocol.gen";
import { fieldsOf, isPlain } from "./grids";
import { words } from "./schema";

export function Tree({ of, without = [] }: { readonly of: Json; readonly without?: readonly string[] }) {
  if (isPlain(of)) return <span class="leaf">{of === null ? "none" : String(of)}</span>;
  if (Array.isArray(of)) {
    if (of.length === 0) return <span class="leaf quiet">nothing</span>;
    if (of.every(isPlain)) return <span class="leaf">{of.map((value) => (value === null ? "·" : String(value))).join("  ")}</span>;
    return (
      <ol>
        {of.map((value) => (
          <li>
            <Tree of={value} />
          </li>
        ))}
      </ol>
    );
  }
  return (
    <dl>
      {Object.entries(fieldsOf(of))
        .filter(([name]) => !without.includes(name))
        .map(([name, value]) => (
          <div key={name} class={isPlain(value) ? "" : "is-deep"}>
            <dt>{words(name)}</dt>
            <dd>
              <Tree of={value} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
