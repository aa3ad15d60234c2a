/** Title and icon of the browser's tab: a dot in the player's colour says "your turn" from afar. */

const PLAIN = document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? null;
const COLOURS = ["#6FB4FF", "#FF9A5C", "#4FD6AE", "#F29BCB", "#B7A5FF", "#E6C84A", "#9CC9E6", "#FF8F80"];

export function setTab(title: string, turnOf: number | null): void {
  document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]') ?? document.head.appendChild(document.createElement("link"));
  link.rel = "icon";
  if (turnOf === null) {
    if (PLAIN !== null) link.href = PLAIN;
    return;
  }
  const colour = COLOURS[turnOf % COLOURS.length] as string;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#121513"/>` +
    `<circle cx="16" cy="16" r="10" fill="${colour}"/></svg>`;
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
