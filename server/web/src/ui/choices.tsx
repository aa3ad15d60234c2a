/** What else may be chosen for a new room (how many play, who of them are bots, the game's own options), and its making. With the art of games that came later. */

import type { ComponentChildren, FunctionComponent } from "preact";
import { span, type TimeControl, timeControls } from "../core/clock";
import { used } from "../core/features";
import type { GameInfo } from "../core/rest";
import { mark, num, t } from "../core/say";
import { LiarsDiceArt } from "../games/liars-dice/art";
import css from "../games/liars-dice/art.css";
import { LightCyclesArt } from "../games/light-cycles/art";
import type { Json } from "../protocol.gen";
import { adoptStyles, rest } from "./app";

/** Shown on the lobby's cards; here, because the first page does not wait for them. */
adoptStyles(css);

export const ARTS: Readonly<Record<string, FunctionComponent>> = { "liars-dice": LiarsDiceArt, "light-cycles": LightCyclesArt };

export interface Chosen {
  readonly seats?: number;
  readonly bots?: number;
  /** How old what spectators are shown is. */
  readonly delayMs?: number;
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

/** Options of the games that are known here; others are called what their game calls them. */
const NAMES: Readonly<Record<string, string>> = {
  dice: mark("Dice for each"),
  wild_ones: mark("Ones are wild"),
  spot_on: mark("Calls of “spot on”"),
  turn_ms: mark("Time per turn"),
  points: mark("Points to win"),
  pace: mark("Pace"),
};
const PACES: readonly string[] = [mark("Very fast"), mark("Fast"), mark("Easy"), mark("Slow")];

/** Clocks have their own place in the form. */
const ELSEWHERE = ["clock_ms", "increment_ms"];
const VALUES_MOST = 12;
const TURNS_MS = [30_000, 60_000, 120_000];
const DELAYS_MS = [0, 10_000, 30_000, 60_000, 180_000, 600_000];

/** As many as were asked for; else a table that is neither small nor slow. */
function seatsFor(info: GameInfo, { seats = 4 }: Chosen): number {
  return Math.min(Math.max(seats, info.seats_least), info.seats_most);
}

interface Way {
  /** The game's own default where it is the first of those to choose from. */
  readonly clock: TimeControl | undefined;
  readonly isPrivate: boolean;
  /** Bots in all the other seats, whatever was chosen. */
  readonly isAgainstBots: boolean;
}

/** A new room; its id. Rejects with `Problem`. */
export async function makeRoom(info: GameInfo, chosen: Chosen, { clock, isPrivate, isAgainstBots }: Way): Promise<string> {
  const seats = seatsFor(info, chosen);
  const bots = isAgainstBots ? seats - 1 : Math.min(chosen.bots ?? 0, seats - 1);
  const [usual, ...others] = timeControls(info.options);
  if (bots > 0) used("bot_game");
  const made = await rest.createRoom({
    game: info.name,
    seats,
    // Nobody could sit down where bots have all seats.
    private: isPrivate || bots === seats - 1,
    bots,
    spectator_delay_ms: chosen.delayMs ?? 0,
    options: { ...(usual && others.find((one) => one.clock_ms === clock?.clock_ms && one.increment_ms === clock.increment_ms)), ...chosen.options },
  });
  return made.room_id;
}

interface Props {
  readonly info: GameInfo;
  readonly chosen: Chosen;
  readonly choose: (chosen: Chosen) => void;
}

/** How many play; nothing where the game leaves no choice. */
export function Seats({ info, chosen, choose }: Props) {
  const seats = counted(info.seats_least, info.seats_most);
  const now = seatsFor(info, chosen);
  if (seats.length < 2) return null;
  return (
    <fieldset class="choice num" data-testid="seats-choice">
      <legend>{t("Players")}</legend>
      {seats.map((count) => (
        <label key={count}>
          <input type="radio" name="seats" value={count} checked={count === now} onChange={() => choose({ ...chosen, seats: count, bots: Math.min(chosen.bots ?? 0, count - 1) })} />
          <span>{num(count)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** All the rest: what the game declares, bots, and how late spectators see it. */
export function Options({ info, chosen, choose }: Props) {
  const fields = Object.entries(fieldsOf(info.options)).filter(([name]) => !ELSEWHERE.includes(name));
  const set = (name: string, value: Json): void => choose({ ...chosen, options: { ...chosen.options, [name]: value } });
  const value = (name: string, field: Field): Json => chosen.options?.[name] ?? (chosen.options && name in chosen.options ? null : (field.default ?? null));
  const bots = counted(0, seatsFor(info, chosen) - 1);
  const lists = fields.flatMap(([name, field]) => {
    const values = field.type === "boolean" ? null : valuesOf(name, field);
    return values ? [{ name, values, now: value(name, field) }] : [];
  });
  return (
    <div class="options">
      {lists.map(({ name, values, now }) => (
        <Pick key={name} name={`option-${name}`} label={nameOf(name)} values={values} now={now} pick={(to) => set(name, to)}>
          {(each) => (name === "pace" ? t(PACES[Number(each) - 1] ?? "") : name.endsWith("_ms") ? time(each) : num(Number(each)))}
        </Pick>
      ))}
      {info.has_bots && bots.length > 1 && (
        <Pick name="bots" label={t("Seats for bots")} values={bots} now={chosen.bots ?? 0} pick={(to) => choose({ ...chosen, bots: Number(to) })}>
          {(count) => (count === 0 ? t("None") : num(Number(count)))}
        </Pick>
      )}
      <Pick name="delay" label={t("Spectators see it")} values={DELAYS_MS} now={chosen.delayMs ?? 0} pick={(to) => choose({ ...chosen, delayMs: Number(to) })}>
        {(ms) => (ms === 0 ? t("At once") : t("{time} later", { time: span(Number(ms)) }))}
      </Pick>
      {fields
        .filter(([, field]) => field.type === "boolean")
        .map(([name, field]) => (
          <label class="check" key={name}>
            <input type="checkbox" data-testid={`option-${name}`} checked={value(name, field) === true} onChange={(event) => set(name, event.currentTarget.checked)} />
            {nameOf(name)}
          </label>
        ))}
    </div>
  );
}

interface PickProps {
  readonly name: string;
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly now: Json;
  readonly pick: (value: number | null) => void;
  /** A value in words. */
  readonly children: (value: number | null) => ComponentChildren;
}

function Pick({ name, label, values, now, pick, children }: PickProps) {
  return (
    <label class="option">
      <span>{label}</span>
      <select class="input" data-testid={name} onChange={(event) => pick(values[event.currentTarget.selectedIndex] ?? null)}>
        {values.map((each) => (
          <option key={String(each)} selected={each === now}>
            {children(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

const counted = (from: number, to: number): readonly number[] => Array.from({ length: Math.max(0, to + 1 - from) }, (_, at) => from + at);

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
  return counted(minimum, maximum);
}

function nameOf(option: string): string {
  const known = Object.hasOwn(NAMES, option) ? NAMES[option] : undefined;
  if (known) return t(known);
  const plain = option.replace(/_ms$/, "").replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

const time = (ms: number | null): string => (ms === null ? t("No limit") : span(ms));
