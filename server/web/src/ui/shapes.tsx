import { SHAPES } from "./shape-paths";

export { SHAPES };

export function Shape({ seat, isFree = false }: { readonly seat: number; readonly isFree?: boolean }) {
  const look = seat % SHAPES.length;
  return (
    <svg viewBox="0 0 100 100" class={`p${look + 1}`} aria-hidden="true">
      <path class={`shape${isFree ? " free" : ""}`} d={SHAPES[look]} />
    </svg>
  );
}
