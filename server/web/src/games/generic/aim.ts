/** Which arguments of an action a click on a board fills in: `cell`, `row` and `column`, `x` and `y`, `from` and `to`. No DOM. */

import type { Json } from "../../protocol.gen";
import type { Grid } from "./grids";
import type { Declared, Field } from "./schema";

export interface Place {
  readonly row: number;
  readonly column: number;
}

/** One click's worth of arguments. */
export interface Target {
  /** `from`, `to`, or empty where there is only one. */
  readonly name: string;
  fits(grid: Grid): boolean;
  args(grid: Grid, place: Place): { readonly [name: string]: Json };
}

export interface Aimed {
  readonly action: Declared;
  /** In the order of the clicks; one or two. */
  readonly targets: readonly Target[];
  /** What no click says. */
  readonly rest: readonly Field[];
}

const INDEX_NAMES: readonly string[] = ["cell", "square", "index", "position", "pos", "place", "field", "spot", "at", "point", "tile", "pit", "pile"];
const COLUMN_NAMES: readonly string[] = ["column", "col", "x"];
const ROW_NAMES: readonly string[] = ["row", "y"];
const PAIRS: readonly (readonly [string, string])[] = [
  ["", ""],
  ["from", "to"],
  ["source", "target"],
  ["start", "end"],
];

export const isIndexName = (name: string): boolean => INDEX_NAMES.includes(name);

/** How an action is done by clicks on a board; null where it is not. */
export function aim(action: Declared, grids: readonly Grid[]): Aimed | null {
  for (const [first, second] of PAIRS) {
    const names = first === second ? [first] : [first, second];
    const found = names.map((name) => targetOf(action.fields, name));
    if (!found.every((one) => one !== null)) continue;
    const targets = found.map((one) => one.target);
    const used = found.flatMap((one) => one.used);
    if (!targets.every((target) => grids.some((grid) => target.fits(grid)))) continue;
    return { action, targets, rest: action.fields.filter((field) => !used.includes(field)) };
  }
  return null;
}

function targetOf(fields: readonly Field[], name: string): { readonly target: Target; readonly used: readonly Field[] } | null {
  const called = (names: readonly string[]): Field | undefined =>
    fields.find((field) => names.some((end) => field.name === (name === "" ? end : `${name}_${end}`)));
  const [column, row] = [called(COLUMN_NAMES), called(ROW_NAMES)];
  // A game with boards of several sizes declares the largest.
  const reaches = (field: Field, count: number): boolean => field.kind.is === "number" && (field.kind.most ?? Infinity) >= count - 1;
  const isExactly = (field: Field, count: number): boolean => field.kind.is === "number" && (field.kind.most ?? count - 1) === count - 1;
  if (column && row) {
    return {
      used: [column, row],
      target: {
        name,
        fits: (grid) => reaches(column, grid.columns) && reaches(row, grid.rows),
        args: (_, place) => ({ [row.name]: place.row, [column.name]: place.column }),
      },
    };
  }
  const whole = name === "" ? undefined : fields.find((field) => field.name === name);
  const single = whole ?? called(INDEX_NAMES);
  if (single?.kind.is === "place") {
    return { used: [single], target: { name, fits: () => true, args: (_, { row, column }) => ({ [single.name]: [row, column] }) } };
  }
  if (single?.kind.is === "number") {
    return {
      used: [single],
      target: {
        name,
        fits: (grid) => isExactly(single, grid.rows * grid.columns),
        args: (grid, place) => ({ [single.name]: place.row * grid.columns + place.column }),
      },
    };
  }
  // Only a column, or only a row: any cell in it will do.
  const line = column ?? row;
  if (!line || name !== "") return null;
  return {
    used: [line],
    target: {
      name,
      fits: (grid) => reaches(line, line === column ? grid.columns : grid.rows),
      args: (_, place) => ({ [line.name]: line === column ? place.column : place.row }),
    },
  };
}

/** The places that arguments name on a grid: where a move that is on its way is drawn. */
export function placesOf(aimed: Aimed, grid: Grid, args: Json): readonly Place[] {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return [];
  const given = args as { readonly [name: string]: Json };
  const places: Place[] = [];
  for (const target of aimed.targets) {
    if (!target.fits(grid)) continue;
    const meant = grid.cells.flatMap((_, at) => {
      const place = { row: Math.floor(at / grid.columns), column: at % grid.columns };
      const says = Object.entries(target.args(grid, place));
      return says.every(([name, value]) => JSON.stringify(given[name]) === JSON.stringify(value)) ? [place] : [];
    });
    // Where only a row or a column is named, nobody here knows which cell of it.
    if (meant.length === 1) places.push(...meant);
  }
  return places;
}

/** Keys under which games list what may be done now. */
export const HINTS: readonly string[] = ["legal", "legal_moves", "moves", "playable", "allowed"];

/** Places that the view itself lists as possible: indices, pairs, or objects with row and column. */
export function hintsOf(view: { readonly [name: string]: Json }, grid: Grid): ReadonlySet<number> {
  const found = new Set<number>();
  for (const name of HINTS) {
    const list = view[name];
    if (!Array.isArray(list)) continue;
    for (const one of list as readonly Json[]) {
      if (typeof one === "number") found.add(one);
      else if (Array.isArray(one) && one.length === 2) found.add(Number(one[0]) * grid.columns + Number(one[1]));
      else if (typeof one === "object" && one !== null) {
        const { row, column } = one as { readonly row?: Json; readonly column?: Json };
        if (typeof row === "number" && typeof column === "number") found.add(row * grid.columns + column);
      }
    }
  }
  return found;
}
