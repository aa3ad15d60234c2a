/** Boards inside a view that nobody described: lists of lists, and lists that are a square or as long as an action counts. No DOM. */

import type { Json } from "../../protocol.gen";
import { type Declared, type Field } from "./schema";
import { HINTS, isIndexName } from "./aim";

export interface Grid {
  /** The key in the view, for its name. */
  readonly key: string;
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly cells: readonly Json[];
}

const SIDE_MOST = 26;
const BOARDS = /board|grid|cells|squares|field|map|tiles/;
type Fields = { readonly [name: string]: Json };

export const fieldsOf = (value: Json | undefined): Fields => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {});
export const isPlain = (value: Json | undefined): boolean => typeof value !== "object" || value === null;

/** Boards at the top of the view and one level down, in the view's order. */
export function findGrids(view: Json, actions: readonly Declared[]): readonly Grid[] {
  const indexed = actions.flatMap((action) => action.fields);
  const within = (fields: Fields, prefix: string): Grid[] =>
    Object.entries(fields).flatMap(([name, value]) => {
      const key = prefix + name;
      if (HINTS.includes(name)) return [];
      if (Array.isArray(value)) {
        const grid = gridOf(key, value, fields, indexed);
        return grid ? [grid] : [];
      }
      return prefix === "" && name !== "clock" && name !== "outcome" ? within(fieldsOf(value), `${name}.`) : [];
    });
  return within(fieldsOf(view), "");
}

function gridOf(key: string, list: readonly Json[], around: Fields, fields: readonly Field[]): Grid | null {
  const rows = list.length;
  if (rows === 0) return null;
  const isNamed = BOARDS.test(key);
  if (list.every((row) => Array.isArray(row))) {
    const columns = (list[0] as readonly Json[]).length;
    // Pairs and short lists may be anything: places, bids, hands.
    const isLikely = isNamed || (columns >= 3 && rows >= 3);
    const isGrid = isLikely && columns >= 2 && columns <= SIDE_MOST && rows >= 2 && rows <= SIDE_MOST && list.every((row) => (row as readonly Json[]).length === columns);
    const cells = list.flatMap((row) => row as readonly Json[]);
    return isGrid && !cells.some(Array.isArray) ? { key, rows, columns, cells } : null;
  }
  if (isNamed && list.every((row) => typeof row === "string" && row.length === (list[0] as string).length && row.length > 1)) {
    return { key, rows, columns: (list[0] as string).length, cells: list.flatMap((row) => [...(row as string)]) };
  }
  if (list.some(Array.isArray) || !list.every((cell) => isCell(cell))) return null;
  const width = ["columns", "cols", "width"].map((name) => around[name]).find((value) => typeof value === "number");
  if (isNamed && typeof width === "number" && width >= 1 && width <= SIDE_MOST && rows % width === 0) {
    return { key, rows: rows / width, columns: width, cells: list };
  }
  const side = Math.sqrt(rows);
  const isLikely = isNamed ? side >= 2 : side >= 3 && !list.some((cell) => typeof cell === "string" && cell.length > 1);
  if (Number.isInteger(side) && isLikely && side <= SIDE_MOST) return { key, rows: side, columns: side, cells: list };
  // As many places as an action counts: a row of pits, of piles, of cards.
  const isCounted = fields.some(({ name, kind }) => kind.is === "number" && kind.most === rows - 1 && (isNamed || isIndexName(name) || `${name}s` === key));
  return isCounted && rows <= SIDE_MOST ? { key, rows: 1, columns: rows, cells: list } : null;
}

/** Something that fits into a square: short, or a small object. */
function isCell(cell: Json): boolean {
  if (typeof cell === "string") return cell.length <= 3;
  return isPlain(cell) || Object.keys(fieldsOf(cell)).length <= 4;
}

/** What a cell shows: whose it is, and a text beside or instead. */
export interface Piece {
  readonly owner: number | null;
  readonly text: string;
}

const NOTHING: readonly Json[] = [null, "", " ", ".", "-", "_", "empty", false];
const EMPTY: Piece = { owner: null, text: "" };

export interface Reading {
  readonly seats: number;
  /** Whether small numbers are seats: true where the board has had empty (null) cells, or the match is over. */
  readonly areSeats: boolean;
}

export function pieceOf(cell: Json, { seats, areSeats }: Reading): Piece {
  if (NOTHING.includes(cell)) return EMPTY;
  const isSeat = (value: Json | undefined): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0 && value < seats;
  if (typeof cell === "number") return areSeats && isSeat(cell) ? { owner: cell, text: "" } : { owner: null, text: String(cell) };
  if (cell === true) return { owner: null, text: "●" };
  if (typeof cell === "string") return { owner: null, text: cell };
  const fields = fieldsOf(cell);
  const owner = ["owner", "seat", "player"].map((name) => fields[name]).find(isSeat) ?? null;
  const rest = Object.entries(fields).filter(([name, value]) => !["owner", "seat", "player"].includes(name) && !NOTHING.includes(value));
  return { owner, text: rest.map(([name, value]) => (value === true ? name : isPlain(value) ? String(value) : "…")).join(" ") };
}

/** Small numbers stand for seats where nothing else in the grid speaks against it. */
export function mayBeSeats(grid: Grid, seats: number): boolean {
  return grid.cells.every((cell) => cell === null || (typeof cell === "number" && cell >= 0 && cell < seats));
}
