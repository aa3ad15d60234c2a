import { Shape } from "../../ui/shapes";

/** Three walls, one of which is about to end. */
const WALLS: readonly (readonly [path: string, seat: number, x: number, y: number])[] = [
  ["M40 320H220V110H390", 1, 390, 110],
  ["M560 50H480V220H316", 2, 316, 220],
  ["M560 350H330V296", 3, 330, 296],
];

export function LightCyclesArt() {
  return (
    <svg class="art" viewBox="0 0 600 400" aria-hidden="true">
      {WALLS.map(([path, seat]) => (
        <path class={`p${seat}`} d={path} fill="none" stroke="var(--player)" stroke-width="20" stroke-linejoin="round" stroke-linecap="round" />
      ))}
      {WALLS.map(([, seat, x, y]) => (
        <svg x={x - 36} y={y - 36} width="72" height="72">
          <Shape seat={seat - 1} />
        </svg>
      ))}
    </svg>
  );
}
