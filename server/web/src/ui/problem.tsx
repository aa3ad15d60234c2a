import { refusal, t } from "../core/say";
import { Message, Unreachable } from "./message";

/** Words for the refusals that leave nothing to show of a room. */
export function RoomProblem({ code, message, retry, replay }: { readonly code: string; readonly message: string; readonly retry: () => void; readonly replay?: string | undefined }) {
  switch (code) {
    case "unknown_room":
    case "not_found":
      return <Message title={t("There is no such room")} text={t("The link may be mistyped, or the room was closed long ago. Ask for a new link, or make a room yourself.")} />;
    case "room_closed":
      return (
        <Message title={t("This room is closed")} text={t("Everybody left. Its matches can still be replayed.")}>
          {replay && (
            <a class="btn main" href={`/replay/${replay}`}>
              {t("Watch the replay")}
            </a>
          )}
        </Message>
      );
    case "unreachable":
      return <Unreachable retry={retry} />;
    case "room_faulted":
      return <Message title={t("This room has stopped")} text={t("Something in the game failed. Nothing that was played is lost, and no other room is affected.")} />;
    default:
      return (
        <Message title={t("That did not work")} text={refusal(code, message)}>
          <button type="button" class="btn main" onClick={retry}>
            {t("Try again")}
          </button>
        </Message>
      );
  }
}
