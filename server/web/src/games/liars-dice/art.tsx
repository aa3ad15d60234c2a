/** Three dice, and two that nobody sees. Pips as short strokes with round ends: one path for each die. */
const DICE: readonly (readonly [pips: string, place: string, seat: number])[] = [
  ["M27 27h0M73 27h0M50 50h0M27 73h0M73 73h0", "translate(70 190) rotate(-14 50 50)", 1],
  ["M27 27h0M73 27h0M27 73h0M73 73h0", "translate(205 110) rotate(9 50 50)", 2],
  ["M50 50h0", "translate(225 262) rotate(-6 50 50)", 1],
  ["", "translate(375 140) rotate(12 50 50)", 3],
  ["", "translate(450 250) rotate(-9 50 50)", 3],
];

export function LiarsDiceArt() {
  return (
    <svg class="art" viewBox="0 0 600 400" aria-hidden="true">
      {DICE.map(([pips, place, seat]) => (
        <g class={`die p${seat}${pips ? "" : " is-hidden"}`} transform={place}>
          <rect class="side" width="100" height="100" rx="20" />
          {pips ? <path class="pips" d={pips} /> : <path class="veil" d="M34 66L66 34M26 52L52 26M48 74L74 48" />}
        </g>
      ))}
    </svg>
  );
}
