/** The chat's small pictures: strokes in a box of 32 by 32, in the colour of who sends them. */

import type { Emote } from "../core/emotes";
import { t } from "../core/say";

const FACE = "M16 4a12 12 0 1 0 0 24a12 12 0 1 0 0-24z";
const EYES = "M12 12v2M20 12v2";

const STROKES: Readonly<Record<Emote, string>> = {
  wave: "M9 17l-2.4-4a1.9 1.9 0 0 1 3.3-1.9l2.6 4.3M12 14.6L8.6 8.7a1.9 1.9 0 0 1 3.3-1.9l3.5 6M15.4 12.8l-2.8-4.9a1.9 1.9 0 0 1 3.3-1.9l5 8.7M20.9 14.7l-.5-3.5a1.9 1.9 0 0 1 3.7-.5l1 7.3c.6 4.5-1.7 7.8-5.2 9.3c-3.7 1.6-7.3.2-9.3-3.3L8 18.5M24 3.5a7 7 0 0 1 4 4",
  smile: `${FACE}${EYES}M10.5 19c1.4 2.7 3.3 4 5.5 4s4.1-1.3 5.5-4`,
  laugh: `${FACE}M10 13.5l2-1.5 2 1.5M18 13.5l2-1.5 2 1.5M10 18h12c-.6 3.7-2.8 6-6 6s-5.4-2.3-6-6z`,
  sad: `${FACE}${EYES}M11 23c1.2-2 2.9-3 5-3s3.8 1 5 3`,
  wow: `${FACE}${EYES}M16 18.5a2.8 3 0 1 0 0 6a2.8 3 0 1 0 0-6z`,
  think: `${FACE}M12 12.5v1.5M20 11v2M18 9.5l4-1M12 22l7-1.5`,
  heart: "M16 27C9 21.5 5 17.5 5 12.5A6 6 0 0 1 16 9.5A6 6 0 0 1 27 12.5C27 17.5 23 21.5 16 27z",
  thumb: "M5 15h5v12H5zM10 16l5-10c2 0 3.3 1.3 3 3.5L17.3 13H25a2.5 2.5 0 0 1 2.4 3.1l-2 8A3.5 3.5 0 0 1 22 27H10",
  cup: "M6 13h16v6a7 7 0 0 1-7 7h-2a7 7 0 0 1-7-7zM22 14.5h2a3.5 3.5 0 0 1 0 7h-2.3M11 9.5c-1.5-2 1.5-3 0-5M17 9.5c-1.5-2 1.5-3 0-5",
  crown: "M5 25V10l6 6 5-9 5 9 6-6v15zM5 21h22",
};

/** What each says, for those who do not see it. */
export function emoteWords(emote: Emote): string {
  switch (emote) {
    case "wave":
      return t("waves");
    case "smile":
      return t("smiles");
    case "laugh":
      return t("laughs");
    case "sad":
      return t("is sad");
    case "wow":
      return t("is amazed");
    case "think":
      return t("thinks about it");
    case "heart":
      return t("loves it");
    case "thumb":
      return t("agrees");
    case "cup":
      return t("has a cup of tea");
    case "crown":
      return t("wears a crown");
  }
}

export function EmoteArt({ of, isMute = false }: { readonly of: Emote; readonly isMute?: boolean }) {
  const told = isMute ? { "aria-hidden": "true" as const } : { role: "img" as const, "aria-label": emoteWords(of) };
  return (
    <svg class="emote" viewBox="0 0 32 32" data-emote={of} {...told}>
      <path d={STROKES[of]} />
    </svg>
  );
}
