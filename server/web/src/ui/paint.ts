/** A frame that never comes (a window behind others draws none) holds nothing up for longer. */
const FRAME_WITHIN_MS = 200;

/** Runs `work` once what changed by now is on the screen. */
export function afterPaint(work: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    work();
  };
  if (!document.hidden) requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, document.hidden ? 0 : FRAME_WITHIN_MS);
}
