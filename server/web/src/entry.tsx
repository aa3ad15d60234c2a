import { render } from "preact";
import { hurry } from "./ui/app";
import { Root } from "./ui/root";

hurry();
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<Root />, root);
}
