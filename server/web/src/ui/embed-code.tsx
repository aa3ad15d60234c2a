/** The code that shows a room in somebody's own page. Fetched when it is asked for. */

import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import { t } from "../core/say";
import { toast } from "./app";

const codeOf = (room: string, title: string): string => {
  const named = title.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<iframe src="${location.origin}/embed/${encodeURIComponent(room)}" title="${named}, live on Kibitz" width="420" height="480" loading="lazy" style="border:0"></iframe>`;
};

/** Opens the dialog; `title` is the game's. */
export function open(room: string, title: string): void {
  const holder = document.body.appendChild(document.createElement("div"));
  const remove = (): void => {
    render(null, holder);
    holder.remove();
  };
  used("embed");
  render(<EmbedCode code={codeOf(room, title)} remove={remove} />, holder);
}

function EmbedCode({ code, remove }: { readonly code: string; readonly remove: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  const copy = (): void => {
    text.current?.select();
    const failed = (): void => toast(t("Copying is not allowed here: the code is selected, copy it yourself."));
    if (navigator.clipboard) navigator.clipboard.writeText(code).then(() => toast(t("Code copied.")), failed);
    else failed();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="embed-title" data-testid="embed-dialog" onClose={remove} onClick={(event) => event.target === dialog.current && close()}>
      <h2 id="embed-title">{t("Embed this table")}</h2>
      <p class="quiet small">{t("Put this into any web page: it shows the board live, without cookies. Add ?theme=dark or ?theme=light to the address to fix its colours.")}</p>
      <label class="hidden" for="embed-code">
        {t("Code for your page")}
      </label>
      <textarea id="embed-code" ref={text} class="input small" data-testid="embed-code" rows={7} readOnly value={code} />
      <div class="acts">
        <button type="button" class="btn main" onClick={copy}>
          {t("Copy code")}
        </button>
        <button type="button" class="btn" onClick={close}>
          {t("Close")}
        </button>
      </div>
    </dialog>
  );
}
