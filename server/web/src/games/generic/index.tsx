/** For games that this client has no renderer for: boards, forms and a tree, made from the view and the declared actions. */

import { useRef, useState } from "preact/hooks";
import { t } from "../../core/say";
import type { Json } from "../../protocol.gen";
import { adoptStyles } from "../../ui/app";
import type { BoardProps, GameView } from "../view";
import { aim, type Aimed, HINTS, hintsOf, type Place, placesOf } from "./aim";
import { makeCommands } from "./commands";
import { ActionForm } from "./form";
import css from "./generic.css";
import { Board } from "./grid";
import { fieldsOf, findGrids, type Grid, mayBeSeats } from "./grids";
import * as reading from "./reading";
import { type ActionInfo, type Declared, declared, words } from "./schema";
import { Tree } from "./tree";

adoptStyles(css);

export function makeView(actions: readonly ActionInfo[]): GameView {
  const all = actions.map(declared);
  const isResign = ({ name, fields }: Declared): boolean => name === "resign" && fields.length === 0;
  const shown = all.filter((action) => !isResign(action));
  return {
    Board: (props) => <GenericBoard {...props} actions={shown} />,
    resign: all.some(isResign) ? { type: "resign", args: {} } : null,
    turn: reading.turn,
    canAct: (view, seat) => reading.canAct(view, seat, shown),
    result: reading.result,
    clock: reading.clock,
    describe: reading.describe,
    predict: (view) => ({ ok: true, view }),
    commands: makeCommands(shown),
  };
}

/** A move begun on the board: what was clicked so far. */
interface Begun {
  readonly action: string;
  readonly key: string;
  readonly places: readonly Place[];
}

const FRAME_KEYS: readonly string[] = ["clock", "phase", "turn", "to_move", "outcome", "winner", "reason", ...HINTS];

function GenericBoard({ view, seat, pending, undone, names, act, actions }: BoardProps<Json> & { readonly actions: readonly Declared[] }) {
  const [mode, setMode] = useState<string | null>(null);
  const [begun, setBegun] = useState<Begun | null>(null);
  const hadEmpty = useRef(new Set<string>());
  const grids = findGrids(view, actions);
  const isMyTurn = seat !== null && reading.isToMove(view, seat);
  const mayDo = actions.filter((action) => isMyTurn || action.isOutOfTurn);
  const aimed = actions.flatMap((action) => aim(action, grids) ?? []);
  const usable = act === null ? [] : aimed.filter(({ action }) => mayDo.includes(action));
  const now = usable.find(({ action }) => action.name === mode) ?? usable[0] ?? null;
  const open = begun !== null && begun.action === now?.action.name ? begun : null;
  const forms = actions.filter((action) => !aimed.some((one) => one.action === action));
  for (const grid of grids) if (grid.cells.includes(null)) hadEmpty.current.add(grid.key);

  const send = (type: string, args: { readonly [name: string]: Json }): void => {
    setBegun(null);
    act?.({ type, args });
  };
  const click = (by: Aimed, grid: Grid, place: Place): void => {
    const before = open?.key === grid.key ? open.places : [];
    const last = before.at(-1);
    // The same cell again takes the first half of a move back.
    if (last && last.row === place.row && last.column === place.column) return setBegun(null);
    const places = [...before.slice(0, by.targets.length - 1), place];
    if (places.length < by.targets.length || by.rest.length > 0) setBegun({ action: by.action.name, key: grid.key, places });
    else send(by.action.name, argsOf(by, grid, places));
  };

  const asks = open !== null && now !== null && open.places.length === now.targets.length ? grids.find(({ key }) => key === open.key) : undefined;
  const isReady = act !== null;
  return (
    <div class="generic" data-testid="board">
      {grids.map((grid, index) => {
        const forThis = now?.targets.every((target) => target.fits(grid)) ? now : null;
        const inHand = pending.flatMap(({ action }) => {
          const by = aimed.find((one) => one.action.name === action.type);
          return by ? placesOf(by, grid, action.args) : [];
        });
        return (
          <Board
            key={grid.key}
            grid={grid}
            isMain={index === 0}
            reading={{ seats: names.length, areSeats: mayBeSeats(grid, names.length) && (hadEmpty.current.has(grid.key) || reading.isOver(view)) }}
            names={names}
            seat={seat}
            pending={inHand}
            picked={open?.key === grid.key ? (open.places.at(-1) ?? null) : null}
            hints={index === 0 ? hintsOf(fieldsOf(view), grid) : new Set()}
            undoneAt={undone?.at ?? null}
            click={forThis ? (place) => click(forThis, grid, place) : null}
          />
        );
      })}
      {usable.length > 1 && (
        <fieldset class="choice g-mode">
          <legend>{t("A click on the board means")}</legend>
          {usable.map(({ action }) => (
            <label>
              <input type="radio" name="g-mode" checked={action === now?.action} onChange={() => setMode(action.name)} />
              <span>{words(action.name)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {now && open && !asks && (
        <p class="small quiet" role="status">
          {t("{action}: now click where {target}.", { action: words(now.action.name), target: words(now.targets[open.places.length]?.name ?? "to") })}
        </p>
      )}
      {asks && now && open && (
        <ActionForm
          key={JSON.stringify(open)}
          action={now.action}
          fields={now.rest}
          title={t("{action} here", { action: words(now.action.name) })}
          isOff={false}
          send={(rest) => send(now.action.name, { ...argsOf(now, asks, open.places), ...rest })}
        />
      )}
      {seat !== null && forms.length > 0 && !reading.isOver(view) && (
        <div class="g-forms">
          {forms.map((action) => (
            <ActionForm
              key={action.name}
              action={action}
              fields={action.fields}
              isOff={!isReady || !mayDo.includes(action)}
              send={(args) => send(action.name, args)}
            />
          ))}
        </div>
      )}
      <Rest view={view} grids={grids} />
    </div>
  );
}

function argsOf(by: Aimed, grid: Grid, places: readonly Place[]): { readonly [name: string]: Json } {
  return Object.assign({}, ...by.targets.map((target, index) => target.args(grid, places[index] as Place))) as { [name: string]: Json };
}

/** What no board shows; open where there is no board. */
function Rest({ view, grids }: { readonly view: Json; readonly grids: readonly Grid[] }) {
  const without = [...FRAME_KEYS, ...grids.map(({ key }) => key)];
  const left = Object.keys(fieldsOf(view)).filter((name) => !without.includes(name));
  if (left.length === 0) return null;
  return (
    <div class="tree num" tabIndex={0} role="group" aria-label={t("State of the game")}>
      <Tree of={view} without={without} />
    </div>
  );
}
