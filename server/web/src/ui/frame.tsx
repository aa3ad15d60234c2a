/** What surrounds every page: header with the connection's pill, one's own page and the settings; banner, toast. */

import type { ComponentChildren } from "preact";
import { t } from "../core/say";
import { bar, connection, hasMoved, identity, net, open, said } from "./app";
import { Avatar } from "./avatar";
import { GEAR, Icon } from "./icons";
import { isAtRest, Pill } from "./pill";
import { useTick } from "./tick";

const BANNER_AFTER_MS = 1_000;

export function Frame({ children, promise, plain = false }: { readonly children: ComponentChildren; readonly promise?: string | undefined; readonly plain?: boolean }) {
  const Bar = bar.value;
  return (
    <>
      <header class="top">
        <a class="brand display" href="/" aria-label={t("Kibitz, to the lobby")}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <circle class="b1" cx="9.5" cy="19" r="8" />
            <path class="b2" d="M22 8l9 16H13z" />
          </svg>
          <span>Kibitz</span>
        </a>
        <Pill />
        <Me />
        <button type="button" class="btn plain icon" data-testid="settings" aria-haspopup="dialog" aria-label={t("Settings")} title={t("Settings")} onClick={() => open("settings")}>
          <Icon of={GEAR} />
        </button>
        <Banner promise={promise} />
        {Bar && <Bar />}
      </header>
      <main class={`page${hasMoved ? " enter" : ""}${plain ? " plain" : ""}`}>{children}</main>
      <p class="hidden" role="status">
        {net.value.status === "reconnecting" || net.value.status === "offline" ? t("Connection lost") : ""}
      </p>
      {said.value !== null && (
        <p class="toast" role="alert" data-testid="toast">
          {said.value}
        </p>
      )}
    </>
  );
}

/** To one's own page; who has no session yet has none. */
function Me() {
  const me = identity.me.value;
  if (!me) return null;
  const label = t("{name}: your games and results", { name: me.name });
  return (
    <a class="btn plain icon me" href="/player" data-testid="me" aria-label={label} title={label}>
      <Avatar id={me.player_id} />
    </a>
  );
}

/** Shown only after a second, so that a short loss does not flicker; says what is safe and when the next try is. */
function Banner({ promise }: { readonly promise?: string | undefined }) {
  const { status, lostAt, retryAt } = net.value;
  const isLost = lostAt !== null && status !== "connected" && status !== "closed" && !isAtRest(status);
  useTick(250, isLost);
  if (!isLost || Date.now() - lostAt < BANNER_AFTER_MS) return null;
  const wait = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000));
  const what = status === "offline" ? t("You are offline.") : status === "connecting" ? t("Connecting…") : t("Reconnecting…");
  return (
    <div class="banner" data-testid="banner">
      <span>
        <b>{what}</b> {promise ?? t("Nothing is lost.")} {wait !== null && wait > 0 && <span class="num">{t("Next try in {n} s.", { n: wait })}</span>}
      </span>
      {wait !== null && wait > 1 && (
        <button type="button" class="btn plain" onClick={() => connection.wake()}>
          {t("Try now")}
        </button>
      )}
    </div>
  );
}
