import { Message, Unreachable } from "./message";

/** Words for the refusals that leave nothing to show of a room. */
export function RoomProblem({ code, message, retry, replay }: { readonly code: string; readonly message: string; readonly retry: () => void; readonly replay?: string | undefined }) {
  switch (code) {
    case "unknown_room":
    case "not_found":
      return <Message title="There is no such room" text="The link may be mistyped, or the room was closed long ago. Ask for a new link, or make a room yourself." />;
    case "room_closed":
      return (
        <Message title="This room is closed" text="Everybody left. Its matches can still be replayed.">
          {replay && (
            <a class="btn main" href={`/replay/${replay}`}>
              Watch the replay
            </a>
          )}
        </Message>
      );
    case "unreachable":
      return <Unreachable retry={retry} />;
    case "room_faulted":
      return <Message title="This room has stopped" text="Something in the game failed. Nothing that was played is lost, and no other room is affected." />;
    default:
      return (
        <Message title="That did not work" text={message}>
          <button type="button" class="btn main" onClick={retry}>
            Try again
          </button>
        </Message>
      );
  }
}
