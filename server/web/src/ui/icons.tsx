/** Strokes in a box of 24 by 24. Here are those of the first page; the table's lie with the table. */

export const MOON = "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z";
export const SUN = "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2";
export const AUTO = "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16zM12 4v16M12 8h5M12 12h8M12 16h5";

export function Icon({ of }: { readonly of: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={of} />
    </svg>
  );
}
