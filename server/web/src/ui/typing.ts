const KEYLESS: readonly string[] = ["radio", "checkbox", "button", "submit", "range"];

/** Whether a letter pressed there is written, or meant for a window above the table, and no command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, dialog, [contenteditable]")) return true;
  return target instanceof HTMLInputElement && !KEYLESS.includes(target.type);
}
