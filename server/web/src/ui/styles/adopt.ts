/**
 * Puts a lazy chunk's style on the page. A constructed stylesheet is not inline style, so the policy allows it, and there is
 * no second file to wait for and no moment without style.
 */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
