import { render } from "preact";
import { Root } from "./ui/root";

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<Root />, root);
}
