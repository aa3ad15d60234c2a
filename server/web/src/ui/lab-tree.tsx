/** A view as a tree to open and close, with what differs from the confirmed one marked. */

import type { Json } from "../protocol.gen";

interface Props {
  readonly shown: Json;
  readonly confirmed: Json;
}

type Fields = { readonly [name: string]: Json };

const isBranch = (value: Json | undefined): value is Fields | readonly Json[] => typeof value === "object" && value !== null;
const same = (a: Json | undefined, b: Json | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export function StateTree({ shown, confirmed }: Props) {
  if (!isBranch(shown)) return <Leaf value={shown} isHope={!same(shown, confirmed)} />;
  const before = isBranch(confirmed) ? (confirmed as Fields) : {};
  return (
    <ul class="lab-tree">
      {Object.entries(shown as Fields).map(([name, value]) => (
        <li key={name}>
          {isBranch(value) && !isFlat(value) ? (
            <details open>
              <summary>
                {name} <span class="quiet">{Array.isArray(value) ? `[${value.length}]` : ""}</span>
              </summary>
              <StateTree shown={value} confirmed={before[name] ?? null} />
            </details>
          ) : (
            <>
              <span class="quiet">{name}</span> <Leaf value={value} isHope={!same(value, before[name])} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Short enough for one line. */
function isFlat(value: Fields | readonly Json[]): boolean {
  return !Object.values(value).some(isBranch) && JSON.stringify(value).length <= 60;
}

function Leaf({ value, isHope }: { readonly value: Json; readonly isHope: boolean }) {
  return <code class={isHope ? "is-hope" : ""}>{JSON.stringify(value)}</code>;
}
