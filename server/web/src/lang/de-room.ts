/** German: the tables: room, replay, help, chat, the lag lab. The player is addressed as "du". */

import type { Words } from "../core/say";

export const words: Words = {};
