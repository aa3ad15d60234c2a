import type { ComponentChildren } from "preact";
import { t } from "../core/say";
import { Piece } from "../games/connect-four/piece";
import { Frame } from "./frame";

/** A page that says what went wrong and what to do about it. */
export function Message({ title, text, children }: { readonly title: string; readonly text: string; readonly children?: ComponentChildren }) {
  return (
    <Frame>
      <section class="message" data-testid="message">
        <svg class="art" viewBox="0 0 200 100" aria-hidden="true">
          <circle class="hole" cx="50" cy="50" r="41" />
          <g class="p2" transform="translate(100)">
            <Piece seat={1} />
          </g>
        </svg>
        <h1>{title}</h1>
        <p class="quiet">{text}</p>
        <div class="acts">
          {children}
          <a class="btn" href="/">
            {t("To the lobby")}
          </a>
        </div>
      </section>
    </Frame>
  );
}

export function Unreachable({ retry }: { readonly retry: () => void }) {
  return (
    <Message title={t("The server cannot be reached")} text={t("Your games are safe there. Check your connection, then try again.")}>
      <button type="button" class="btn main" onClick={retry}>
        {t("Try again")}
      </button>
    </Message>
  );
}
