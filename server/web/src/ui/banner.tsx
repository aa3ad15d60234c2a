/** What stands under the header while the connection is lost. */

import { t } from "../core/say";
import { connection, net } from "./app";
import { isAtRest } from "./pill";
import { useTick } from "./tick";

const BANNER_AFTER_MS = 1_000;

/** Shown only after a second, so that a short loss does not flicker; says what is safe and when the next try is. */
export function Banner({ promise }: { readonly promise?: string | undefined }) {
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
