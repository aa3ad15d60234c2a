/** Which languages the client speaks, and which one a visitor gets. Alone in its file: the page's first script needs it too. */

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

export const LANGUAGE_KEY = "kibitz.language";

/** What was chosen here before; else the first of the browser's that is spoken here; else English. */
export function languageFor(chosen: string | null, preferred: readonly string[]): Language {
  for (const tag of [chosen ?? "", ...preferred]) {
    const language = tag.slice(0, 2).toLowerCase();
    if (Object.hasOwn(LANGUAGES, language)) return language as Language;
  }
  return "en";
}
