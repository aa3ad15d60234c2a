/** Each component in each state, for who works on them: `scripts/run --styleguide`. Not part of what is built for players. */

import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { GameView } from "../games/view";
import { active, adoptStyles, line, net, theme, type Theme } from "../ui/app";
import { Banner } from "../ui/banner";
import { chooseLanguage } from "../ui/language";
import { loadGame } from "../ui/load-game";
import { Pill } from "../ui/pill";
import "../ui/room";
import { Table } from "../ui/table";
import "../ui/talk";
import { NETS, Pieces, Problems } from "./pieces";
import { type Scene, scenes } from "./scenes";
import css from "./styleguide.css";

adoptStyles(css);
// What a page with a live room shows: without one the pill rests.
active.value = { join: async () => undefined, lost: () => undefined, heard: () => undefined };
line.value = { Pill, Banner };
net.value = NETS["fast"] as (typeof NETS)[string];

const shown = (): string => decodeURIComponent(location.hash.slice(1)) || "pieces";

function Guide() {
  const all = useMemo(scenes, []);
  const at = useSignal(shown());
  useEffect(() => {
    const follow = (): void => {
      at.value = shown();
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const scene = all.find(({ name }) => name === at.value);
  return (
    <>
      <nav class="sg-nav" aria-label="States">
        {["pieces", "messages", ...all.map(({ name }) => name)].map((name) => (
          <a href={`#${encodeURIComponent(name)}`} aria-current={name === at.value ? "page" : undefined}>
            {name}
          </a>
        ))}
        <select aria-label="Colours" value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
          <option>auto</option>
          <option>light</option>
          <option>dark</option>
        </select>
        <select aria-label="Language" onChange={(event) => void chooseLanguage(event.currentTarget.value as "en" | "de")}>
          <option>en</option>
          <option>de</option>
        </select>
      </nav>
      {scene ? <Shown key={scene.name} scene={scene} /> : at.value === "messages" ? <Problems /> : <main class="page"><Pieces /></main>}
    </>
  );
}

function Shown({ scene }: { readonly scene: Scene }) {
  const game = useSignal<GameView | null>(null);
  useEffect(() => {
    void loadGame(scene.game).then((view) => {
      game.value = view;
    });
  }, [scene]);
  return <Table session={scene.session} info={scene.info} game={game.value} />;
}

const root = document.getElementById("app");
if (root) render(<Guide />, root);
