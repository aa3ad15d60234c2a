/** A player's face, made of the pieces of the table and drawn from their id: the same wherever and whenever it is shown. */

import { SHAPES } from "./shape-paths";

/** Where a face sits on each shape, and how large: not every piece is widest in its middle. */
const PLACES = ["50 50 1", "50 66 .8", "50 50 1", "50 50 .82", "50 52 .72", "50 50 .8", "50 54 .95", "50 50 1"] as const;
const EYES = [
  "M-13-8h0M13-8h0",
  "M-13-11v5M13-11v5",
  "M-17-6q4-6 8 0M9-6q4-6 8 0",
  "M-13-8h0M9-8h8",
  "M-17-9h8M9-9h8",
] as const;
const MOUTHS = ["M-9 11q9 9 18 0", "M-8 13h16", "M-9 12q5 5 9 0q4 5 9 0", "M0 13h0", "M-9 15q9-9 18 0", "M-6 11q9 7 14-1"] as const;

/** 32 bits of FNV-1a, stirred: ids that differ in one letter differ everywhere. */
export function hash(seed: string): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) h = Math.imul(h ^ seed.charCodeAt(at), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

interface Props {
  /** The player's id. */
  readonly id: string;
  /** The piece that it is the face of; without a seat colour and shape come from the id, too. */
  readonly seat?: number;
}

export function Avatar({ id, seat }: Props) {
  const seed = hash(id);
  const look = (seat ?? seed) % SHAPES.length;
  const [x, y, size] = (PLACES[look] as string).split(" ");
  const piece = (
    <>
      <path class="shape" d={SHAPES[look]} />
      <path class="face" transform={`translate(${x} ${y}) scale(${size})`} d={`${EYES[(seed >>> 9) % EYES.length]}${MOUTHS[(seed >>> 13) % MOUTHS.length]}`} />
    </>
  );
  return (
    <svg class={`avatar p${((seat ?? seed >>> 3) % 8) + 1}`} viewBox="0 0 100 100" aria-hidden="true">
      {seat === undefined ? (
        <>
          <circle class="ground" cx="50" cy="50" r="50" />
          <g transform={`translate(50 50) scale(.74) rotate(${((seed >>> 6) % 5) * 4 - 8}) translate(-50 -50)`}>{piece}</g>
        </>
      ) : (
        piece
      )}
    </svg>
  );
}
