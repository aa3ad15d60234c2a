/** Keys and fingers. What they want is read when it happens: a turn that waits for the next picture is late. */

export interface Controls {
  /** Absolute: 0 up, 1 right, 2 down, 3 left. */
  steer(direction: number): void;
  /** By the right (1) or the left (-1). */
  turn(by: number): void;
  /** Say where I am. */
  ask(): void;
}
type Ref = { readonly current: Controls };

const KEYS: Readonly<Record<string, number>> = {
  ArrowUp: 0,
  ArrowRight: 1,
  ArrowDown: 2,
  ArrowLeft: 3,
  KeyW: 0,
  KeyD: 1,
  KeyS: 2,
  KeyA: 3,
};
/** So far a finger goes before it means a direction. */
const SWIPE_PX = 18;

export function listenToKeys(controls: Ref): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (event.key === "?") {
      controls.current.ask();
      event.preventDefault();
      event.stopImmediatePropagation(); // while one rides, the page's own help would be in the way
      return;
    }
    // By the place of the key where it is a letter: WASD lies elsewhere on other keyboards.
    const direction = KEYS[event.key] ?? KEYS[event.code];
    if (direction === undefined) return;
    event.preventDefault();
    if (!event.repeat) controls.current.steer(direction);
  };
  addEventListener("keydown", onKey, true);
  return () => removeEventListener("keydown", onKey, true);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

/** A finger that moves turns as soon as it has gone far enough, and may turn again without being lifted. */
export function listenToSwipes(arena: HTMLElement, controls: Ref): () => void {
  let from: { id: number; x: number; y: number } | null = null;
  const down = (event: PointerEvent): void => {
    from = { id: event.pointerId, x: event.clientX, y: event.clientY };
  };
  const move = (event: PointerEvent): void => {
    if (from === null || from.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.max(Math.abs(dx), Math.abs(dy)) < SWIPE_PX) return;
    from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    controls.current.steer(Math.abs(dx) > Math.abs(dy) ? (dx > 0 ? 1 : 3) : dy > 0 ? 2 : 0);
  };
  const up = (event: PointerEvent): void => {
    if (from?.id === event.pointerId) from = null;
  };
  arena.addEventListener("pointerdown", down);
  arena.addEventListener("pointermove", move);
  arena.addEventListener("pointerup", up);
  arena.addEventListener("pointercancel", up);
  return () => {
    arena.removeEventListener("pointerdown", down);
    arena.removeEventListener("pointermove", move);
    arena.removeEventListener("pointerup", up);
    arena.removeEventListener("pointercancel", up);
  };
}
