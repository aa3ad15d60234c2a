/** What surrounds every page: header with the connection's pill and banner, one's own page and the settings; toast. */

import type { ComponentChildren } from "preact";
import { t } from "../core/say";
import { bar, hasMoved, identity, line, net, open, said } from "./app";
import { Avatar } from "./avatar";
import { GEAR, Icon } from "./icons";

export function Frame({ children, promise, plain = false }: { readonly children: ComponentChildren; readonly promise?: string | undefined; readonly plain?: boolean }) {
  const Bar = bar.value;
  const Line = line.value;
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
        {Line && <Line.Pill />}
        <Me />
        <button type="button" class="btn plain icon" data-testid="settings" aria-haspopup="dialog" aria-label={t("Settings")} title={t("Settings")} onClick={() => open("settings")}>
          <Icon of={GEAR} />
        </button>
        {Line && <Line.Banner promise={promise} />}
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
