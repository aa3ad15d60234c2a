/** German: what the first page says, and what every page may say. The player is addressed as "du". */

import type { Words } from "../core/say";

export const words: Words = {
  "The server cannot be reached.": "Der Server ist nicht zu erreichen.",
  "It could not be fetched just now.": "Das ließ sich gerade nicht laden.",
  "Something went wrong. Please try again.": "Etwas ist schiefgegangen. Bitte versuch es noch einmal.",
  "The server cannot be reached. Check your connection and try again.": "Der Server ist nicht zu erreichen. Prüf deine Verbindung und versuch es noch einmal.",
};
