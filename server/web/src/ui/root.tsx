import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { t } from "../core/say";
import { arriving, loader, navigate, rest, route } from "./app";
import { Frame } from "./frame";
import { Message, Unreachable } from "./message";

export function Root() {
  const now = route.value;
  switch (now.page) {
    case "lobby":
      return <Lazy key="lobby" chunk="lobby" props={{}} />;
    case "invite":
      return <Invite key={now.code} code={now.code} />;
    case "room":
      return <Lazy key={`room:${now.room}${now.watch}`} chunk="room" props={{ room: now.room, watch: now.watch }} />;
    case "replay":
      return <Lazy key={`replay:${now.room}`} chunk="replay" props={{ room: now.room }} />;
    case "player":
      return <Lazy key="player" chunk="pages" part="Player" props={{}} />;
    case "leaderboard":
      return <Lazy key="leaderboard" chunk="pages" part="Leaderboard" props={{ game: now.game }} />;
    case "unknown":
      return <Message title={t("There is nothing here")} text={t("The address may be mistyped.")} />;
  }
}

/** `/r/CODE`: which room is it? Then it is that room's page. */
function Invite({ code }: { readonly code: string }) {
  const failed = useSignal<{ code: string; message: string } | null>(null);
  const ask = (): void => {
    failed.value = null;
    rest.room(code).then(
      (room) => navigate({ page: "room", room: room.room_id, watch: false }, "replace"),
      (error: { code: string; message: string }) => (failed.value = error),
    );
  };
  useLayoutEffect(ask, [code]);
  if (failed.value?.code === "unreachable") return <Unreachable retry={ask} />;
  if (failed.value) return <Lazy chunk="room" part="RoomProblem" props={{ code: failed.value.code, message: failed.value.message, retry: ask }} />;
  return <Waiting text={t("Finding the room…")} />;
}

function Waiting({ text }: { readonly text: string }) {
  return (
    <Frame>
      <p class="quiet">{text}</p>
    </Frame>
  );
}

/** A chunk is missing, yet the server answers: it has another build by now. The address says where to go on. */
function renewPage(): void {
  if (history.state === "renewed") return;
  rest.games().then(
    async () => {
      // Kept pages name the same files again.
      if ("caches" in window) for (const name of await caches.keys()) if (/^pages/.test(name)) await caches.delete(name);
      history.replaceState("renewed", "");
      location.reload();
    },
    () => undefined,
  );
}

/** A page that is a chunk of its own. */
function Lazy<Props extends object>({ chunk, part = "Page", props }: { readonly chunk: string; readonly part?: string; readonly props: Props }) {
  const page = useSignal((loader.ready(chunk) as Record<string, FunctionComponent<Props>> | undefined)?.[part] ?? null);
  const isFailed = useSignal(false);
  const load = (): void => {
    isFailed.value = false;
    if (page.value) return;
    loader.load(chunk).then(
      async (loaded) => {
        await arriving;
        page.value = (loaded as Record<string, FunctionComponent<Props>>)[part] ?? null;
      },
      () => {
        isFailed.value = true;
        renewPage();
      },
    );
  };
  useLayoutEffect(load, [chunk]);
  if (isFailed.value) return <Unreachable retry={load} />;
  const Page = page.value;
  return Page ? <Page {...props} /> : <Waiting text={t("Setting the table…")} />;
}
