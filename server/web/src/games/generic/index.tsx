/** For games that this client has no renderer for: what the server shows, as a tree to read. */

import type { Json, ShownEvent } from "../../protocol.gen";
import { adoptStyles } from "../../ui/app";
import type { BoardProps, ClockState, GameView, Result } from "../view";
import css from "./generic.css";

adoptStyles(css);

type Fields = { readonly [name: string]: Json };

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function Board({ view, names }: BoardProps<Json>) {
  return (
    <div class="generic card" data-testid="board">
      <h2>This game has no board here yet</h2>
      <p class="quiet small">{names.join(" and ")} can play it with their own programs. This is what the server shows of it:</p>
      <div class="tree num" tabIndex={0} role="group" aria-label="State of the game">
        <Tree of={view} />
      </div>
    </div>
  );
}

const isPlain = (value: Json | undefined): boolean => typeof value !== "object" || value === null;

function Tree({ of }: { readonly of: Json }) {
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
      {Object.entries(of as Fields)
        .filter(([name]) => name !== "clock")
        .map(([name, value]) => (
          <div key={name} class={isPlain(value) ? "" : "is-deep"}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>
              <Tree of={value} />
            </dd>
          </div>
        ))}
    </dl>
  );
}

function result(view: Json): Result | null {
  const { outcome } = fieldsOf(view);
  if (outcome === null || outcome === undefined) return null;
  const { winner, reason } = fieldsOf(outcome);
  return { winner: typeof winner === "number" ? winner : null, how: typeof reason === "string" ? reason : "the match is over" };
}

function clock(view: Json): ClockState | null {
  const { remaining_ms, running } = fieldsOf(fieldsOf(view)["clock"]);
  if (!Array.isArray(remaining_ms)) return null;
  return { remaining_ms: remaining_ms as readonly number[], running: typeof running === "number" ? running : null };
}

function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? "Somebody" : (names[event.seat] ?? `Seat ${event.seat + 1}`);
  switch (event.kind) {
    case "started":
      return "The match began";
    case "timeout":
      return `${who} ran out of time`;
    case "forfeit":
      return `${who} left the match`;
    case "action": {
      const args = Object.values(fieldsOf(event.args)).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
      return `${who}: ${[event.type, ...args].join(" ")}`;
    }
    default:
      return null;
  }
}

export const view: GameView = {
  Board,
  resign: null,
  turn: (view) => {
    const { turn } = fieldsOf(view);
    return typeof turn === "number" ? turn : null;
  },
  canAct: () => false,
  result,
  clock,
  describe,
  predict: (view) => ({ ok: true, view }),
};
