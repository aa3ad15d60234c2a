import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t, wording } from "../../core/say";
import { isCalm } from "../../ui/motion";
import type { BoardProps } from "../view";
import { Piece } from "./piece";
import { COLUMNS, landing, ROWS, type View } from "./rules";

const CELL = 100;
/** The lane above the board where the piece waits that would be dropped. */
const LANE = 108;
const EDGE = 12;
const columns = Array.from({ length: COLUMNS }, (_, column) => column);
const rows = Array.from({ length: ROWS }, (_, row) => row);
const ROUND = 28;
/** The plate with its holes, as one shape: pieces fall behind it. */
const PLATE =
  `M${ROUND - EDGE} ${-EDGE}h${COLUMNS * CELL + 2 * (EDGE - ROUND)}q${ROUND} 0 ${ROUND} ${ROUND}` +
  `v${ROWS * CELL + 2 * (EDGE - ROUND)}q0 ${ROUND} ${-ROUND} ${ROUND}h${-(COLUMNS * CELL + 2 * (EDGE - ROUND))}` +
  `q${-ROUND} 0 ${-ROUND} ${-ROUND}v${-(ROWS * CELL + 2 * (EDGE - ROUND))}q0 ${-ROUND} ${ROUND} ${-ROUND}z` +
  rows.flatMap((r) => columns.map((c) => `M${c * CELL + 9} ${r * CELL + 50}a41 41 0 1 0 82 0a41 41 0 1 0 -82 0z`)).join("");

export function Board({ view, seat, pending, undone, names, act, isReplay = false }: BoardProps<View>) {
  const [hover, setHover] = useState<number | null>(null);
  const [focus, setFocus] = useState<{ row: number; column: number }>({ row: ROWS - 1, column: 3 });
  const grid = useRef<SVGGElement>(null);
  const seen = useRef<readonly (readonly (number | null)[])[] | null>(null);

  const before = seen.current;
  useEffect(() => {
    seen.current = view.board;
  });
  useEffect(() => {
    if (undone && !isCalm()) {
      const shift = [0, -3, 3, -3, 0].map((x) => ({ transform: `translateX(${x}px)` }));
      grid.current?.ownerSVGElement?.animate(shift, { duration: 160 });
    }
  }, [undone?.at]);

  const canDrop = act !== null && seat !== null;
  const drop = (column: number): void => {
    if (canDrop && landing(view.board, column) !== null) act({ type: "drop", args: { column } });
  };
  const unconfirmed = new Set<string>();
  if (view.last && pending.some(({ action }) => action.type === "drop")) unconfirmed.add(`${view.last.row}-${view.last.column}`);
  const won = new Set((pending.length === 0 && view.outcome?.line ? view.outcome.line : []).map(([r, c]) => `${r}-${c}`));
  // Who only looks needs no lane for a piece in hand.
  const lane = seat === null || isReplay ? EDGE : LANE;
  const target = canDrop && hover !== null ? landing(view.board, hover) : null;

  const onKey = (event: KeyboardEvent): void => {
    const digit = /^[1-7]$/.test(event.key) ? Number(event.key) - 1 : null;
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, -COLUMNS],
      End: [0, COLUMNS],
    };
    const move = moves[event.key];
    if (digit !== null) drop(digit);
    else if (event.key === "Enter" || event.key === " ") drop(focus.column);
    else if (move) {
      const row = clamp(focus.row + move[0], ROWS);
      const column = clamp(focus.column + move[1], COLUMNS);
      setFocus({ row, column });
      setHover(column);
      grid.current?.querySelector<SVGElement>(`[data-place="${row}-${column}"]`)?.focus();
    } else return;
    event.preventDefault();
  };

  const label = (row: number, column: number, isLast: boolean): string => {
    const owner = view.board[row]?.[column];
    const what = owner === null || owner === undefined ? t("empty") : (names[owner] ?? t("player {n}", { n: owner + 1 }));
    const place = { row: row + 1, column: column + 1, what };
    return isLast ? t("Row {row}, column {column}: {what}, last move", place) : t("Row {row}, column {column}: {what}", place);
  };

  // What says the same as before is not drawn anew, but given back as it was: then it costs nothing to look at it.
  const enter = useRef(drop);
  enter.current = drop;
  const same = useSame(wording(), names.join());
  const cell = (row: number, column: number): VNode => {
    const place = `${row}-${column}`;
    const isLast = view.last?.row === row && view.last.column === column;
    const [owner, isPending, stop] = [view.board[row]?.[column] ?? "", unconfirmed.has(place), focus.row === row && focus.column === column ? 0 : -1];
    return same(`cell ${place}`, `${owner} ${isLast} ${isPending} ${stop}`, () => (
      <circle
        role="gridcell"
        class="cell"
        tabindex={stop}
        aria-label={label(row, column, isLast)}
        data-place={place}
        data-testid={`cell-${place}`}
        data-owner={owner}
        data-pending={isPending}
        cx={column * CELL + 50}
        cy={row * CELL + 50}
        r="44"
        onFocus={() => {
          setFocus({ row, column });
          setHover(column);
        }}
        onBlur={() => setHover(null)}
        onClick={() => enter.current(column)}
      />
    ));
  };
  const piece = (row: number, column: number): VNode | null => {
    const owner = view.board[row]?.[column] ?? null;
    const place = `${row}-${column}`;
    const tone = won.size > 0 && !won.has(place) ? " is-dim" : "";
    const isNew = before !== null && before[row]?.[column] === null;
    const key = `${place}-${owner}`;
    return same(`piece ${place}`, `${owner}${tone}${unconfirmed.has(place)}`, () =>
      owner === null ? null : (
        <g key={key} transform={`translate(${column * CELL} ${row * CELL})`} class={`p${owner + 1}${tone}`}>
          <g
            class={`piece${unconfirmed.has(place) ? " is-pending" : ""}`}
            ref={(element) => {
              if (element && isNew) fall(element, row);
            }}
          >
            <Piece seat={owner} />
          </g>
        </g>
      ),
    );
  };
  const lanes = useMemo(
    () =>
      columns.map((column) => (
        <rect
          class="column"
          data-testid={`column-${column}`}
          x={column * CELL}
          y={-lane}
          width={CELL}
          height={ROWS * CELL + lane}
          onPointerEnter={(event) => event.pointerType !== "touch" && setHover(column)}
          onClick={() => enter.current(column)}
        />
      )),
    [lane],
  );

  return (
    <svg
      class={`c4${canDrop ? " can-drop" : ""}${won.size > 0 ? " is-won" : ""}`}
      data-testid="board"
      viewBox={`${-EDGE - 2} ${-lane - 2} ${COLUMNS * CELL + 2 * EDGE + 4} ${ROWS * CELL + lane + EDGE + 4}`}
      onPointerLeave={() => setHover(null)}
    >
      <g aria-hidden="true">
        <rect class="well" x={-EDGE} y={-EDGE} width={COLUMNS * CELL + 2 * EDGE} height={ROWS * CELL + 2 * EDGE} rx={ROUND} />
        {columns.map((column) => (
          <text class={`digit${canDrop && hover !== column ? "" : " is-off"}`} x={column * CELL + 50} y={-38}>
            {column + 1}
          </text>
        ))}
        {canDrop && (
          <g class={`preview p${seat + 1}${target === null ? " is-off" : ""}`} style={{ transform: `translate(${(hover ?? 3) * CELL}px, ${-LANE}px)` }}>
            <Piece seat={seat} />
          </g>
        )}
        <g class="pieces">
          {rows.flatMap((row) => columns.map((column) => piece(row, column)))}
        </g>
        <path class="plate" fill-rule="evenodd" d={PLATE} />
        {target !== null && hover !== null && <circle class={`target p${(seat ?? 0) + 1}`} cx={hover * CELL + 50} cy={target * CELL + 50} r="37" />}
        {view.last && won.size === 0 && (
          <circle class={`last${pending.length > 0 ? " is-off" : ""}`} cx={view.last.column * CELL + 50} cy={view.last.row * CELL + 50} r="45" />
        )}
        {won.size > 0 && view.outcome?.line && <WinningLine line={view.outcome.line} />}
      </g>
      <g ref={grid} role="grid" aria-label={t("Connect Four board")} aria-readonly={!canDrop} onKeyDown={onKey}>
        {rows.map((row) => (
          <g role="row">{columns.map((column) => cell(row, column))}</g>
        ))}
      </g>
      <g aria-hidden="true">
        {lanes}
      </g>
    </svg>
  );
}

/** Gives back what was drawn under a key for as long as its sign stays: Preact passes over what is the same object. */
function useSame(...tongue: readonly unknown[]): <Drawn extends VNode | null>(key: string, sign: string, draw: () => Drawn) => Drawn {
  const kept = useMemo(() => new Map<string, { readonly sign: string; readonly drawn: VNode | null }>(), tongue);
  return (key, sign, draw) => {
    const was = kept.get(key);
    if (was?.sign === sign) return was.drawn as never;
    const drawn = draw();
    kept.set(key, { sign, drawn });
    return drawn;
  };
}

/** One outline around the pieces that won. */
function WinningLine({ line }: { readonly line: readonly (readonly [number, number])[] }) {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last) return null;
  const [down, right] = [(last[0] - first[0]) * CELL, (last[1] - first[1]) * CELL];
  const turn = `translate(${first[1] * CELL + 50} ${first[0] * CELL + 50}) rotate(${(Math.atan2(down, right) * 180) / Math.PI})`;
  return <rect class="won" transform={turn} x="-46" y="-46" width={Math.hypot(down, right) + 92} height="92" rx="46" />;
}

/** From above the board to its place; with reduced motion it only appears. */
function fall(element: SVGGElement, row: number): void {
  if (isCalm()) {
    element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 120 });
    return;
  }
  const from = { transform: `translateY(${-(row + 1) * CELL}px)` };
  element.animate([from, { transform: "none" }], { duration: 240, easing: "cubic-bezier(.45,.05,.75,.9)" });
}

function clamp(value: number, count: number): number {
  return Math.min(Math.max(value, 0), count - 1);
}
