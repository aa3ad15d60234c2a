import type { ComponentChildren } from "preact";
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
            To the lobby
          </a>
        </div>
      </section>
    </Frame>
  );
}

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
      return (
        <Message title="The server cannot be reached" text="Your games are safe there. Check your connection, then try again.">
          <button type="button" class="btn main" onClick={retry}>
            Try again
          </button>
        </Message>
      );
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
