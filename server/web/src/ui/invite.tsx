import { useSignal } from "@preact/signals";
import { clockPhrase, timeControl } from "../core/clock";
import { used } from "../core/features";
import type { RoomInfo } from "../core/rest";
import { t } from "../core/say";
import { toast } from "./app";
import { Icon } from "./icons";
import { COPY, SHARE } from "./table-icons";
import { titleOf } from "./titles";

export function linkOf(info: RoomInfo): string {
  return info.invite_url ?? `${location.origin}/r/${info.code ?? ""}`;
}

export function copyLink(link: string): void {
  used("invite_copy");
  const done = (): void => toast(t("Link copied. Send it to a friend."));
  const failed = (): void => toast(t("Copying is not allowed here: select the link instead."));
  if (navigator.clipboard) navigator.clipboard.writeText(link).then(done, failed);
  else failed();
}

/** The code that shows a public table in another page. */
export function openEmbed(room: string, title: string): void {
  import("./embed-code").then(
    ({ open }) => open(room, title),
    () => toast(t("It could not be fetched just now.")),
  );
}

/** While a seat is free: the link, the code to read out, the QR code to point a phone at. */
export function Invite({ room, info, free, isSeated }: { readonly room: string; readonly info: RoomInfo; readonly free: number; readonly isSeated: boolean }) {
  const hasQr = useSignal(true);
  const code = info.code ?? "";
  const clock = timeControl(info.options);
  const link = linkOf(info);
  return (
    <div class="invite card">
      <h2>{isSeated ? (free > 1 ? t("Invite your friends") : t("Invite a friend")) : free > 1 ? t("Seats are free") : t("A seat is free")}</h2>
      <div class="invite-body">
        <div class="invite-text">
          <p class="quiet small">
            {titleOf(info.game, info)}
            {clock && `, ${clockPhrase(clock)}`}. {free > 1 ? t("{n} seats are free; it begins when all are taken.", { n: free }) : t("It begins when somebody sits down.")}
          </p>
          <div>
            <span class="tiny quiet">{t("Room code")}</span>
            <p class="room-code display" data-testid="room-code" data-code={code}>
              {code}
            </p>
          </div>
          <label class="hidden" for="invite-link">
            {t("Invite link")}
          </label>
          <input id="invite-link" class="input small" data-testid="invite-link" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          <div class="acts">
            <button type="button" class="btn main" data-testid="copy-link" onClick={() => copyLink(link)}>
              <Icon of={COPY} />
              {t("Copy link")}
            </button>
            {"share" in navigator && (
              <button
                type="button"
                class="btn"
                onClick={() => (used("invite_share"), void navigator.share({ title: "Kibitz", text: t("Play {game} with me", { game: titleOf(info.game, info) }), url: link }).catch(() => undefined))}
              >
                <Icon of={SHARE} />
                {t("Share")}
              </button>
            )}
            {!info.is_private && (
              <button type="button" class="btn plain" data-testid="embed" onClick={() => openEmbed(room, info.title)}>
                {t("Embed")}
              </button>
            )}
          </div>
        </div>
        {hasQr.value && (
          <img class="qr" src={`/api/rooms/${encodeURIComponent(room)}/invite.svg`} alt={t("QR code of the invite link")} width="132" height="132" onError={() => (hasQr.value = false)} />
        )}
      </div>
    </div>
  );
}
