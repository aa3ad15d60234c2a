/** A board of cells to click, to tap, and to walk by arrow keys. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../core/say";
import { isCalm } from "../../ui/motion";
import { Shape } from "../../ui/shapes";
import type { Place } from "./aim";
import { type Grid, type Piece, pieceOf, type Reading } from "./grids";
import { words } from "./schema";

interface Props {
  readonly grid: Grid;
  /** The first one carries the hooks that tests and screen readers look for. */
  readonly isMain: boolean;
  readonly reading: Reading;
  readonly names: readonly string[];
  /** Own pieces are drawn in the colour of this seat. */
  readonly seat: number | null;
  readonly pending: readonly Place[];
  readonly picked: Place | null;
  readonly hints: ReadonlySet<number>;
  readonly undoneAt: number | null;
  readonly click: ((place: Place) => void) | null;
}

export function Board({ grid, isMain, reading, names, seat, pending, picked, hints, undoneAt, click }: Props) {
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 });
  const box = useRef<HTMLDivElement>(null);
  const fresh = useChanged(grid);
  useEffect(() => {
    if (undoneAt === null || isCalm()) return;
    box.current?.animate([0, -3, 3, -3, 0].map((x) => ({ transform: `translateX(${x}px)` })), { duration: 160 });
  }, [undoneAt]);

  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, -grid.columns],
      End: [0, grid.columns],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const row = Math.min(Math.max(focus.row + step[0], 0), grid.rows - 1);
    const column = Math.min(Math.max(focus.column + step[1], 0), grid.columns - 1);
    setFocus({ row, column });
    box.current?.querySelectorAll<HTMLElement>("[role=gridcell]")[row * grid.columns + column]?.focus();
  };

  const label = words(grid.key.split(".").at(-1) ?? "board");
  return (
    <div
      ref={box}
      class={`g-board${click ? " can-act" : ""}${grid.rows === 1 ? " is-row" : ""}`}
      role="grid"
      aria-label={label}
      aria-readonly={click === null}
      style={{ gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`, "--ratio": grid.columns / grid.rows }}
      onKeyDown={onKey}
    >
      {Array.from({ length: grid.rows }, (_, row) => (
        <div role="row" class="g-line">
          {Array.from({ length: grid.columns }, (_, column) => {
            const at = row * grid.columns + column;
            const piece = pieceOf(grid.cells[at] ?? null, reading);
            const isPending = pending.some((place) => place.row === row && place.column === column);
            const isPicked = picked?.row === row && picked.column === column;
            const marks = `${fresh.has(at) ? " is-new" : ""}${isPicked ? " is-picked" : ""}${hints.has(at) ? " is-hint" : ""}`;
            return (
              <button
                type="button"
                role="gridcell"
                class={`g-cell${marks}`}
                tabIndex={focus.row === row && focus.column === column ? 0 : -1}
                aria-label={`${t("Row {row}, column {column}: {what}", { row: row + 1, column: column + 1, what: pieceWords(piece, names) })}${isPicked ? t(", picked") : ""}`}
                aria-disabled={click === null}
                data-testid={isMain ? `cell-${row}-${column}` : undefined}
                data-owner={piece.owner ?? ""}
                data-pending={isPending}
                onClick={() => {
                  setFocus({ row, column });
                  click?.({ row, column });
                }}
              >
                {isPending && piece.owner === null ? (
                  <span class="g-piece is-pending">{seat !== null && <Shape seat={seat} isFree />}</span>
                ) : (
                  <PieceArt piece={piece} />
                )}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function PieceArt({ piece: { owner, text } }: { readonly piece: Piece }) {
  return (
    <>
      {owner !== null && (
        <span class="g-piece" key={owner}>
          <Shape seat={owner} />
        </span>
      )}
      {text !== "" && <span class={`g-text num${owner === null ? "" : " is-small"}${text.length > 2 ? " is-long" : ""}`}>{text}</span>}
    </>
  );
}

function pieceWords({ owner, text }: Piece, names: readonly string[]): string {
  if (owner === null) return text === "" ? t("empty") : text;
  return [names[owner] ?? t("player {n}", { n: owner + 1 }), text].filter((part) => part !== "").join(" ");
}

/** The cells that the newest change of the view touched. */
function useChanged(grid: Grid): ReadonlySet<number> {
  const kept = useRef<{ cells: Grid["cells"]; fresh: ReadonlySet<number> }>({ cells: grid.cells, fresh: new Set() });
  const before = kept.current;
  if (before.cells !== grid.cells && before.cells.length === grid.cells.length) {
    const same = (at: number): boolean => JSON.stringify(before.cells[at]) === JSON.stringify(grid.cells[at]);
    const fresh = new Set([...grid.cells.keys()].filter((at) => !same(at)));
    // A new match changes everything, which is no move; what only looks new has not changed.
    const isMove = fresh.size > 0 && fresh.size < grid.cells.length / 2;
    kept.current = { cells: grid.cells, fresh: fresh.size === 0 ? before.fresh : isMove ? fresh : new Set<number>() };
  }
  return kept.current.fresh;
}
