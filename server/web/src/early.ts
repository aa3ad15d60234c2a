// Runs inline, before any file of the client is here: opens the socket so that its handshake and the scripts' download
// overlap. Only where a session is likely (there was a name) and websockets did not fail a short while ago. `net/websocket.ts`
// takes the socket over together with the frames that came in the meantime. And the chosen colours and language, before anything is drawn.

import { LANGUAGE_KEY, languageFor } from "./core/languages";

(() => {
  const w = window as unknown as { kibitzEarly?: { socket: WebSocket; frames: (string | ArrayBuffer)[]; connectSent: boolean } };
  try {
    const theme = localStorage.getItem("kibitz.theme");
    const root = document.documentElement;
    if (theme) root.dataset["theme"] = theme;
    if (localStorage.getItem("kibitz.motion")) root.dataset["motion"] = "less";
    root.lang = languageFor(localStorage.getItem(LANGUAGE_KEY), navigator.languages);
    const polling = Number(localStorage.getItem("kibitz.polling_until"));
    if (!localStorage.getItem("kibitz.session") || polling > Date.now()) return;
    const url = location.origin.replace(/^http/, "ws") + "/socket.io/?EIO=4&transport=websocket";
    const early = { socket: new WebSocket(url), frames: [] as (string | ArrayBuffer)[], connectSent: false };
    early.socket.binaryType = "arraybuffer";
    early.socket.onmessage = (event) => {
      early.frames.push(event.data);
      if (early.frames.length === 1) {
        early.socket.send("40");
        early.connectSent = true;
      }
    };
    w.kibitzEarly = early;
  } catch {
    // No storage (blocked) or no websocket: the client itself does without, too.
  }
})();
