// Runs inline, before any file of the client is here: opens the socket so that its handshake and the scripts' download
// overlap. Only where a session is likely (there was a name) and websockets did not fail a short while ago. `net/websocket.ts`
// takes the socket over together with the frames that came in the meantime. At a room's address, or a code's, it joins as well: the table's
// state is then here before the scripts that draw it. And the chosen colours and language, before anything is drawn.

import { LANGUAGE_KEY, languageFor } from "./core/languages";

(() => {
  const w = window as unknown as { kibitzEarly?: { socket: WebSocket; frames: (string | ArrayBuffer)[]; connectSent: boolean; asked: string } };
  try {
    const theme = localStorage.getItem("kibitz.theme");
    const root = document.documentElement;
    if (theme) root.dataset["theme"] = theme;
    if (localStorage.getItem("kibitz.motion")) root.dataset["motion"] = "less";
    root.lang = languageFor(localStorage.getItem(LANGUAGE_KEY), navigator.languages);
    const polling = Number(localStorage.getItem("kibitz.polling_until"));
    if (!localStorage.getItem("kibitz.session") || polling > Date.now()) return;
    const url = location.origin.replace(/^http/, "ws") + "/socket.io/?EIO=4&transport=websocket";
    const early = { socket: new WebSocket(url), frames: [] as (string | ArrayBuffer)[], connectSent: false, asked: "" };
    const [, kind, id] = /^\/(room|r)\/([\w-]{1,64})$/.exec(location.pathname) ?? [];
    early.socket.binaryType = "arraybuffer";
    early.socket.onmessage = (event) => {
      early.frames.push(event.data);
      if (early.frames.length === 1) {
        early.socket.send("40");
        early.connectSent = true;
        // By then the page is here, which says what room a code is of.
        const room = kind === "room" ? id : kind && JSON.parse(document.getElementById("boot")?.textContent ?? "{}").room?.room_id;
        // The words of `core/room.ts`, which finds its answer by them.
        if (room) early.socket.send("420" + (early.asked = JSON.stringify(["join", { room, as: kind === "room" && location.hash === "#watch" ? "spectator" : undefined }])));
      }
    };
    w.kibitzEarly = early;
  } catch {
    // No storage (blocked) or no websocket: the client itself does without, too.
  }
})();
