/** What else may be chosen for a new room: how many play, and the game's own options. With the art of games that came later. */

import type { FunctionComponent } from "preact";
import type { GameInfo } from "../core/rest";
import { LiarsDiceArt } from "../games/liars-dice/art";
import { LightCyclesArt } from "../games/light-cycles/art";
import type { Json } from "../protocol.gen";

/** Shown on the lobby's cards; here, because the first page does not wait for them. */
export const ARTS: Readonly<Record<string, FunctionComponent>> = { "liars-dice": LiarsDiceArt, "light-cycles": LightCyclesArt };

export interface Chosen {
  readonly seats?: number;
  readonly options?: Readonly<Record<string, Json>>;
}

interface Field {
  readonly type?: string;
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Field[];
}
type Schema = { readonly $ref?: unknown; readonly $defs?: Readonly<Record<string, Schema>>; readonly properties?: Readonly<Record<string, Field>> };

/** Clocks have their own place in the form. */
const ELSEWHERE = ["clock_ms", "increment_ms"];
const VALUES_MOST = 12;
const TURNS_MS = [30_000, 60_000, 120_000];

export function Choices({ info, chosen, choose }: { readonly info: GameInfo; readonly chosen: Chosen; readonly choose: (chosen: Chosen) => void }) {
  const fields = Object.entries(fieldsOf(info.options))
    .filter(([name]) => !ELSEWHERE.includes(name))
    .sort(([, a], [, b]) => Number(a.type === "boolean") - Number(b.type === "boolean"));
  const set = (name: string, value: Json): void => choose({ ...chosen, options: { ...chosen.options, [name]: value } });
  const value = (name: string, field: Field): Json => chosen.options?.[name] ?? (chosen.options && name in chosen.options ? null : (field.default ?? null));
  const seats = Array.from({ length: info.seats_most + 1 - info.seats_least }, (_, at) => info.seats_least + at);
  return (
    <>
      {seats.length > 1 && (
        <fieldset class="choice num" data-testid="seats-choice">
          <legend>Players</legend>
          {seats.map((count) => (
            <label key={count}>
              <input type="radio" name="seats" value={count} checked={count === chosen.seats} onChange={() => choose({ ...chosen, seats: count })} />
              <span>{count}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="options">
        {fields.map(([name, field]) => {
          if (field.type === "boolean") {
            return (
              <label class="check" key={name}>
                <input type="checkbox" data-testid={`option-${name}`} checked={value(name, field) === true} onChange={(event) => set(name, event.currentTarget.checked)} />
                {words(name)}
              </label>
            );
          }
          const listed = valuesOf(name, field);
          if (listed === null) return null;
          const now = value(name, field);
          return (
            <label class="option" key={name}>
              <span>{words(name)}</span>
              <select class="input" data-testid={`option-${name}`} onChange={(event) => set(name, listed[event.currentTarget.selectedIndex] ?? null)}>
                {listed.map((each) => (
                  <option key={String(each)} selected={each === now}>
                    {name.endsWith("_ms") ? time(each) : each}
                  </option>
                ))}
              </select>
            </label>
          );
        })}
      </div>
    </>
  );
}

function fieldsOf(options: Json | undefined): Readonly<Record<string, Field>> {
  const schema = (options ?? {}) as Schema;
  return (schema.$defs?.[String(schema.$ref).replace("#/$defs/", "")] ?? schema).properties ?? {};
}

/** What a field may be, where that is a short list. */
function valuesOf(name: string, field: Field): readonly (number | null)[] | null {
  if (field.anyOf && name.endsWith("_ms") && typeof field.default === "number") {
    const usual = field.default;
    const times = TURNS_MS.includes(usual) ? TURNS_MS : [usual, ...TURNS_MS];
    return field.anyOf.some((one) => one.type === "null") ? [...times, null] : times;
  }
  const { type, minimum, maximum } = field;
  if (type !== "integer" || minimum === undefined || maximum === undefined || maximum - minimum >= VALUES_MOST) return null;
  return Array.from({ length: maximum + 1 - minimum }, (_, at) => minimum + at);
}

function words(name: string): string {
  const plain = name.replace(/_ms$/, "").replaceAll("_", " ");
  return name.endsWith("_ms") ? `Time per ${plain}` : plain.charAt(0).toUpperCase() + plain.slice(1);
}

function time(ms: number | null): string {
  if (ms === null) return "No limit";
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
