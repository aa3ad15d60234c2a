/** A view as a small picture: what the bundled games have, and boards, lists and numbers of any other. */

import { SHAPES } from "../ui/shape-paths";
import type { Json } from "../protocol.gen";
import type { View } from "./follow";

const SVG = "http://www.w3.org/2000/svg";
const CELLS_MOST = 1_024;
const FACTS_MOST = 6;

export function el(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function svg(name: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** A player is a colour and a shape, always both. */
export function shape(seat: number): SVGElement {
  const look = seat % SHAPES.length;
  return svg("svg", { viewBox: "0 0 100 100", class: `p${look + 1}`, "aria-hidden": "true" }, svg("path", { d: SHAPES[look] as string }));
}

const PIPS = [[], [4], [0, 8], [0, 4, 8], [0, 2, 6, 8], [0, 2, 4, 6, 8], [0, 2, 3, 5, 6, 8]];

function die(face: number | null): SVGElement {
  const pips = (face === null ? [] : (PIPS[face] ?? [])).map((at) => svg("circle", { cx: 26 + (at % 3) * 24, cy: 26 + Math.floor(at / 3) * 24, r: 9 }));
  return svg("svg", { viewBox: "0 0 100 100", class: face === null ? "die down" : "die" }, svg("rect", { x: 4, y: 4, width: 92, height: 92, rx: 20 }), ...pips);
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isSeat = (value: Json | undefined, seats: number): value is number => typeof value === "number" && value >= 0 && value < seats;

/** Lists of equal length, or one list whose length is a square. */
function asGrid(value: Json | undefined): readonly (readonly Json[])[] | null {
  if (!isList(value) || value.length === 0) return null;
  const rows = value.map((row) => (typeof row === "string" ? [...row] : row));
  const width = isList(rows[0]) ? rows[0].length : 0;
  if (rows.length > 1 && width > 1 && rows.length * width <= CELLS_MOST && rows.every((row) => isList(row) && row.length === width)) {
    return rows as readonly (readonly Json[])[];
  }
  const side = Math.sqrt(value.length);
  if (side < 3 || side % 1 > 0 || value.length > CELLS_MOST || value.some(isList)) return null;
  return Array.from({ length: side }, (_, row) => value.slice(row * side, (row + 1) * side));
}

const word = (value: Json): string => (value === null || value === "." ? "" : typeof value === "object" ? "•" : String(value));

function grid(rows: readonly (readonly Json[])[], view: View, seats: number, names: readonly string[]): HTMLElement {
  const hasEmpty = rows.some((row) => row.includes(null));
  const last = view["last"] as { readonly row?: Json; readonly column?: Json } | null | undefined;
  const line = (view["outcome"] as { readonly line?: Json } | null | undefined)?.line;
  const marked = new Set(isList(line) ? line.map(String) : last && typeof last === "object" ? [`${last.row},${last.column}`] : []);
  const made = el("div", "grid");
  made.setAttribute("role", "table");
  made.setAttribute("aria-label", "Board");
  made.style.setProperty("--columns", String(rows[0]?.length ?? 1));
  made.style.setProperty("--rows", String(rows.length));
  rows.forEach((row, y) => {
    const cells = row.map((value, x) => {
      const whole = value !== null && typeof value === "object" && !isList(value) ? (value as View) : null;
      const owner = whole ? whole["owner"] : hasEmpty ? value : undefined;
      const owned = isSeat(owner, seats);
      const cell = el("div", marked.has(`${y},${x}`) ? "cell marked" : "cell", owned ? shape(owner) : word(value));
      cell.setAttribute("role", "cell");
      cell.dataset["owner"] = owned ? String(owner) : "";
      cell.setAttribute("aria-label", owned ? (names[owner] as string) : word(value) || "empty");
      return cell;
    });
    const line = el("div", "row", ...cells);
    line.setAttribute("role", "row");
    made.append(line);
  });
  return made;
}

function dice(view: View, names: readonly string[]): Node {
  const counts = view["counts"] as readonly number[];
  const shown = view["dice"] as readonly (readonly number[] | null)[];
  const bids = (view["bids"] ?? []) as readonly { readonly seat: number; readonly count: number; readonly face: number }[];
  const bid = bids.at(-1);
  const said = el("p", "bid", bid ? `${names[bid.seat]} bids ${bid.count} × ` : "No bid yet");
  if (bid) {
    said.append(die(bid.face));
    said.setAttribute("aria-label", `${names[bid.seat]} bids ${bid.count} times ${bid.face}`);
  }
  const cups = counts.map((count, seat) => {
    const own = shown[seat];
    const cup = el("div", "cup", shape(seat), ...(own ? own.map(die) : Array.from({ length: count }, () => die(null))));
    cup.setAttribute("role", "img");
    cup.setAttribute("aria-label", `${names[seat]}: ${own ? own.join(", ") : count === 1 ? "1 die" : `${count} dice`}`);
    return cup;
  });
  return el("div", "dice", said, ...cups);
}

function race(view: View, names: readonly string[]): Node {
  const [width, height] = view["size"] as readonly [number, number];
  const riders = view["riders"] as readonly { readonly head: number; readonly trail: readonly number[]; readonly out: Json; readonly points: number }[];
  const point = (cell: number): string => `${(cell % width) + 0.5},${Math.floor(cell / width) + 0.5}`;
  const drawn = riders.flatMap(({ head, trail, out }, seat) => [
    svg("polyline", { points: [...trail, head].map(point).join(" "), class: `p${(seat % 8) + 1}${out === null ? "" : " out"}` }),
    svg("circle", { cx: (head % width) + 0.5, cy: Math.floor(head / width) + 0.5, r: 0.9, class: `p${(seat % 8) + 1}` }),
  ]);
  const label = riders.map(({ points }, seat) => `${names[seat]} ${points}`).join(", ");
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "race", role: "img", "aria-label": `Race. Points: ${label}` }, ...drawn);
}

const OF_THE_FRAME = new Set(["clock", "chance", "turn", "to_move", "phase", "outcome", "last", "legal", "winner"]);

/** The board, as far as one is found. Never throws: what it does not understand is left out. */
export function picture(view: View, names: readonly string[]): Node {
  const seats = names.length;
  try {
    if (isList(view["dice"]) && isList(view["counts"])) return dice(view, names);
    if (isList(view["riders"]) && isList(view["size"])) return race(view, names);
  } catch {
    // Another game with the same words.
  }
  const drawn: Node[] = [];
  const facts: Node[] = [];
  for (const [key, value] of Object.entries(view)) {
    if (OF_THE_FRAME.has(key)) continue;
    const rows = asGrid(value);
    const name = key.replaceAll("_", " ");
    if (rows) drawn.push(grid(rows, view, seats, names));
    else if (typeof value === "number" || typeof value === "string") facts.push(el("dt", "", name), el("dd", "", String(value)));
    else if (isList(value) && value.length === seats && value.every((each) => typeof each === "number" || typeof each === "string")) {
      facts.push(el("dt", "", name), el("dd", "", value.map((each, seat) => `${names[seat]} ${String(each)}`).join(", ")));
    }
  }
  if (facts.length) drawn.push(el("dl", "", ...facts.slice(0, FACTS_MOST * 2)));
  return el("div", "", ...drawn);
}
