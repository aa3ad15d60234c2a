import { render } from "preact";
import { hurry, noteDrawing } from "./ui/app";
import { Root } from "./ui/root";

// What several pages share lies in this first file: each further one would cost a request.
import "./core/clock";
import "./ui/motion";
import "./ui/name";
import "./ui/paint";
import "./ui/shapes";
import "./ui/sitting";
import "./ui/tick";
import "./ui/titles";

const root = document.getElementById("app");
void hurry().then(() => {
  root?.replaceChildren();
  const began = performance.now();
  if (root) render(<Root />, root);
  noteDrawing(performance.now() - began);
});
