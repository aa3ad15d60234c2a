/** The race on a canvas. Knows what to draw where and nothing of ticks: lengths and places are handed in. */

import { SHAPES } from "../../ui/shapes";
import { type Point, stepped } from "./frame";

export interface Palette {
  readonly ground: string;
  readonly grid: string;
  readonly edge: string;
  readonly ink: string;
  readonly players: readonly string[];
}

export interface Drawn {
  readonly seat: number;
  readonly corners: readonly Point[];
  readonly x: number;
  readonly y: number;
  /** So much of the wall is there, in cells from its beginning. */
  readonly length: number;
  /** To be added to the rider's place, in cells: what a correction has not made good yet. */
  readonly shift: Point;
  /** Where it will go, shown as soon as it is asked for; null: not shown. */
  readonly nose: number | null;
  readonly isOut: boolean;
  readonly isMe: boolean;
  /** Shown at the beginning of a round. */
  readonly label: string | null;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly riders: readonly Drawn[];
  /** Of the ring around one's own rider, 0 to 1; null: none. */
  readonly ring: number | null;
}

const shapes: (Path2D | undefined)[] = [];
const GRID_CELLS = 4;
const HEAD_CELLS = 2.3;

/** `cell` is the size of a cell in pixels of the canvas. */
export function draw(canvas: CanvasRenderingContext2D, scene: Scene, cell: number, palette: Palette): void {
  const { width, height } = scene;
  canvas.setTransform(cell, 0, 0, cell, 0, 0);
  canvas.fillStyle = palette.ground;
  canvas.fillRect(0, 0, width, height);
  canvas.lineWidth = 1 / cell;
  canvas.strokeStyle = palette.grid;
  canvas.beginPath();
  for (let x = GRID_CELLS; x < width; x += GRID_CELLS) {
    canvas.moveTo(x, 0);
    canvas.lineTo(x, height);
  }
  for (let y = GRID_CELLS; y < height; y += GRID_CELLS) {
    canvas.moveTo(0, y);
    canvas.lineTo(width, y);
  }
  canvas.stroke();

  const heads = scene.riders.map((rider) => {
    const points = wall(rider);
    const color = palette.players[rider.seat % palette.players.length] ?? palette.ink;
    if (points.length > 1) {
      canvas.globalAlpha = rider.isOut ? 0.38 : 1;
      canvas.strokeStyle = color;
      canvas.lineWidth = 0.66;
      canvas.lineJoin = "round";
      canvas.lineCap = "round";
      canvas.beginPath();
      points.forEach(({ x, y }, at) => (at === 0 ? canvas.moveTo(x, y) : canvas.lineTo(x, y)));
      canvas.stroke();
    }
    return { rider, color, at: points.at(-1) };
  });
  canvas.globalAlpha = 1;
  // All heads above all walls, one's own above the others'.
  heads.sort((a, b) => Number(b.rider.isOut) - Number(a.rider.isOut) || Number(a.rider.isMe) - Number(b.rider.isMe));
  for (const { rider, color, at } of heads) if (at) head(canvas, rider, at, color, palette, scene, cell);
}

/** The wall as far as it is drawn, through the middles of its cells. */
function wall({ corners, x, y, length, shift, isMe }: Drawn): Point[] {
  const points: Point[] = [];
  let left = length;
  for (let at = 0; at < corners.length; at++) {
    const from = corners[at];
    const to = corners[at + 1] ?? { x, y };
    if (!from) break;
    const long = Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
    if (at === 0) points.push({ x: from.x + 0.5, y: from.y + 0.5 });
    const part = long === 0 ? 0 : Math.min(1, Math.max(0, left) / long);
    points.push({ x: from.x + (to.x - from.x) * part + 0.5, y: from.y + (to.y - from.y) * part + 0.5 });
    left -= long;
    if (left <= 0) break;
  }
  const last = points.at(-1);
  if (last && isMe) points[points.length - 1] = { x: last.x + shift.x, y: last.y + shift.y };
  return points;
}

function head(canvas: CanvasRenderingContext2D, rider: Drawn, at: Point, color: string, palette: Palette, scene: Scene, cell: number): void {
  // On a phone a cell is five pixels: a rider must be more than that.
  const size = Math.max(HEAD_CELLS, (13 * devicePixelRatio) / cell) * (rider.isMe && !rider.isOut ? 1.2 : 1);
  canvas.save();
  canvas.translate(at.x, at.y);
  if (rider.isMe && scene.ring !== null) {
    canvas.globalAlpha = 0.9 - 0.6 * scene.ring;
    canvas.strokeStyle = color;
    canvas.lineWidth = 0.4;
    canvas.beginPath();
    canvas.arc(0, 0, size * (1 + scene.ring), 0, 7);
    canvas.stroke();
    canvas.globalAlpha = 1;
  }
  if (rider.isOut) {
    canvas.strokeStyle = color;
    canvas.lineWidth = 0.5;
    canvas.lineCap = "round";
    canvas.beginPath();
    const arm = size * 0.36;
    canvas.moveTo(-arm, -arm);
    canvas.lineTo(arm, arm);
    canvas.moveTo(arm, -arm);
    canvas.lineTo(-arm, arm);
    canvas.stroke();
  } else {
    if (rider.nose !== null) {
      const { x, y } = stepped({ x: 0, y: 0 }, rider.nose, size * 0.95);
      canvas.strokeStyle = color;
      canvas.lineWidth = 0.34;
      canvas.lineCap = "round";
      canvas.beginPath();
      canvas.moveTo(0, 0);
      canvas.lineTo(x, y);
      canvas.stroke();
    }
    canvas.scale(size / 100, size / 100);
    canvas.translate(-50, -50);
    const path = (shapes[rider.seat % SHAPES.length] ??= new Path2D(SHAPES[rider.seat % SHAPES.length]));
    canvas.lineJoin = "round";
    canvas.strokeStyle = palette.ground;
    canvas.lineWidth = 26;
    canvas.stroke(path);
    canvas.fillStyle = color;
    canvas.fill(path);
  }
  canvas.restore();
  if (rider.label !== null) label(canvas, rider.label, at, size, palette, scene, cell);
}

function label(canvas: CanvasRenderingContext2D, text: string, at: Point, size: number, palette: Palette, scene: Scene, cell: number): void {
  canvas.save();
  const height = (13 * devicePixelRatio) / cell;
  canvas.font = `600 ${height}px system-ui, sans-serif`;
  canvas.textAlign = "center";
  canvas.textBaseline = "middle";
  const half = canvas.measureText(text).width / 2 + 0.4;
  const x = Math.min(Math.max(at.x, half), scene.width - half);
  const y = at.y - size - height < 0 ? at.y + size + height * 0.4 : at.y - size - height * 0.3;
  canvas.strokeStyle = palette.ground;
  canvas.lineWidth = height * 0.32;
  canvas.lineJoin = "round";
  canvas.strokeText(text, x, y);
  canvas.fillStyle = palette.ink;
  canvas.fillText(text, x, y);
  canvas.restore();
}
