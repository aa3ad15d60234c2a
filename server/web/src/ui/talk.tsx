/** What a table can do without at first: chat, pictures, who watches, sound and notices. Fetched right after it is shown. */

import "./room";
import { adoptStyles } from "./app";
import css from "./styles/talk.css";

adoptStyles(css);

export { Bubble } from "./bubble";
export { Chat } from "./chat";
export { Watchers } from "./people";
export { Signals } from "./signals";
export { toggleSound } from "./sound";
