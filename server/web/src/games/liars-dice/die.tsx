/** A die in a box of 100 by 100. */

import { isCalm } from "../../ui/motion";

/** Pips are strokes of no length with round ends. */
const [MIDDLE, RISING, FALLING, SIDES] = ["M50 50h0", "M27 73h0M73 27h0", "M27 27h0M73 73h0", "M27 50h0M73 50h0"];
const PIPS = ["", MIDDLE, RISING, RISING + MIDDLE, RISING + FALLING, RISING + FALLING + MIDDLE, RISING + FALLING + SIDES];

/** `face` null: it lies under a cup. */
export function Die({ face, look = "", tumble = null }: { readonly face: number | null; readonly look?: string; readonly tumble?: number | null }) {
  return (
    <svg
      class={`die ${face === null ? "is-hidden" : look}`}
      viewBox="0 0 100 100"
      aria-hidden="true"
      data-face={face ?? ""}
      ref={(element) => {
        if (element && tumble !== null) roll(element, tumble);
      }}
    >
      <rect class="side" x="6" y="6" width="88" height="88" rx="20" />
      {face !== null && <path class="pips" d={PIPS[face] ?? ""} />}
      {face === null && <path class="veil" d="M34 66L66 34M26 52L52 26M48 74L74 48" />}
    </svg>
  );
}

const rolled = new WeakMap<Element, number>();

/** Half a second of tumbling, once for each throw; with reduced motion it only appears. The face is the server's all the while. */
function roll(element: SVGElement, throw_: number): void {
  if (rolled.get(element) === throw_) return;
  rolled.set(element, throw_);
  if (isCalm()) {
    element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 120 });
    return;
  }
  // By place, not by chance: neighbours turn differently, and a screenshot is the same twice.
  const place = [...(element.parentElement?.children ?? [])].indexOf(element);
  const turn = (place % 2 === 0 ? 1 : -1) * (300 + 40 * (place % 3));
  element.animate(
    [
      { transform: `translateY(-14px) rotate(${-turn}deg) scale(0.86)`, opacity: 0 },
      { transform: `translateY(3px) rotate(${-turn / 3}deg) scale(1.04)`, opacity: 1, offset: 0.55 },
      { transform: `translateY(-3px) rotate(${turn / 20}deg)`, offset: 0.8 },
      { transform: "none" },
    ],
    { duration: 500, easing: "cubic-bezier(.2,.8,.2,1)" },
  );
}
