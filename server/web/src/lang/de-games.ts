/** German: the games' own boards, rules and events. The player is addressed as "du". */

import type { Words } from "../core/say";

export const words: Words = {};
