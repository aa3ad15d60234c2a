// The table's style, for the room and the replay: adopted once, by whichever page comes first.
import { adoptStyles } from "./adopt";
import css from "./room.css";

adoptStyles(css);
