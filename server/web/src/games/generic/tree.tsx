/** A view's values to read, as a tree. */

import { t } from "../../core/say";
import type { Json } from "../../protocol.gen";
import { fieldsOf, isPlain } from "./grids";
import { words } from "./schema";

/** Short enough to stand beside its name. */
const isLine = (value: Json): boolean => isPlain(value) || (Array.isArray(value) && value.every(isPlain));

const leaf = (value: Json): string => (value === null ? t("none") : String(value));

export function Tree({ of, without = [] }: { readonly of: Json; readonly without?: readonly string[] }) {
  if (isPlain(of)) return <span class="leaf">{leaf(of)}</span>;
  if (Array.isArray(of)) {
    if (of.length === 0) return <span class="leaf quiet">{t("nothing")}</span>;
    if (of.every(isPlain)) return <span class="leaf">{of.map((value) => (value === null ? "·" : String(value))).join("  ")}</span>;
    return (
      <ol>
        {of.map((value) => (
          <li>
            <Entry of={value} />
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
          <div key={name} class={isLine(value) ? "" : "is-deep"}>
            <dt>{words(name)}</dt>
            <dd>
              <Tree of={value} />
            </dd>
          </div>
        ))}
    </dl>
  );
}

/** One of a list: a small object is one line. */
function Entry({ of }: { readonly of: Json }) {
  const fields = Object.entries(fieldsOf(of));
  if (fields.length === 0 || fields.length > 4 || !fields.every(([, value]) => isPlain(value))) return <Tree of={of} />;
  return <span class="leaf">{fields.map(([name, value]) => `${words(name)} ${leaf(value)}`).join(", ")}</span>;
}
