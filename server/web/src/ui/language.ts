/** The page's language: which one, and its words as they are needed. */

import { LANGUAGE_KEY, type Language, languageFor } from "../core/languages";
import { speak, type Words } from "../core/say";
import { recall, remember } from "../core/small";

/** Words lie in parts, so that the first page does not wait for those of the tables. */
export type Part = "first" | "room" | "games";

type Load = () => Promise<{ readonly words: Words }>;
/** English is in the code. */
const PACKS: { readonly [language in Language]: { readonly [part in Part]?: Load } } = {
  en: {},
  de: {
    first: () => import("../lang/de"),
    room: () => import("../lang/de-room"),
    games: () => import("../lang/de-games"),
  },
};

let now: Language = "en";
const wanted = new Set<Part>();

/** The words of a part are here. Without them (no network) it is shown in English, so this never rejects. */
export async function words(...parts: readonly Part[]): Promise<void> {
  const asked = now;
  for (const part of parts) wanted.add(part);
  await Promise.all(
    parts.map((part) =>
      PACKS[asked][part]?.().then(
        (pack) => asked === now && speak(asked, pack.words),
        () => undefined,
      ),
    ),
  );
}

/** To another language at once; the choice is kept. */
export async function chooseLanguage(language: Language): Promise<void> {
  remember(LANGUAGE_KEY, language);
  now = language;
  await words(...wanted);
  if (now !== language) return;
  speak(language, {});
  document.documentElement.lang = language;
}

now = languageFor(recall(LANGUAGE_KEY), navigator.languages);
speak(now, {});
document.documentElement.lang = now;
