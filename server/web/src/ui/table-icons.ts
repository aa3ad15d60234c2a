/** Strokes for `Icon`, of the room and the replay. */

export const COPY = "M9 9h11v11H9zM5 15H4V4h11v1";
export const SHARE = "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7";
export const FLAG = "M6 21V4h12l-3 4 3 4H6";
export const AGAIN = "M4 12a8 8 0 1 1 2.5 5.8M4 20v-5h5";
export const FILM = "M4 6h16v12H4zM10 9.5v5l4.5-2.5z";
export const PLAY = "M8 5l11 7-11 7z";
export const PAUSE = "M8 5v14M16 5v14";
export const FIRST = "M18 6l-8 6 8 6zM6 6v12";
export const LAST = "M6 6l8 6-8 6zM18 6v12";
export const BACK = "M15 6l-7 6 7 6";
export const NEXT = "M9 6l7 6-7 6";
export const EYE = "M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5z";
export const DOOR = "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4";
export const FORK = "M7 4v16M7 15c0-5 10-3 10-9M14 8.5l3-3 3 3";
export const SOUND = "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11";
export const SOUND_OFF = "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5";
export const BELL = "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4";
export const BELL_OFF = "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4M3.5 3.5l17 17";
export const SMILE = "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17zM9 9.5v1M15 9.5v1M8.5 14c1 1.7 2.1 2.5 3.5 2.5s2.5-.8 3.5-2.5";
