/** The command line of the table, opened by `/`: the whole game typed and told. */

import "./room";
import { render } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Answer, type Moment, readCommand } from "../core/commands";
import { used } from "../core/features";
import type { RoomSession } from "../core/room";
import { refusal, t } from "../core/say";
import { askRematch } from "./after";
import { adoptStyles } from "./app";
import css from "./styles/command.css";

adoptStyles(css);

const LINES_MAX = 20;

interface Props {
  readonly session: RoomSession;
  /** As the table stands when it is asked. */
  readonly moment: () => Moment;
}

let open: HTMLInputElement | null = null;

export function openCommand(props: Props): void {
  if (open?.isConnected) return open.focus();
  const back = document.activeElement;
  const holder = document.body.appendChild(document.createElement("div"));
  const remove = (): void => {
    render(null, holder);
    holder.remove();
    open = null;
    if (back instanceof HTMLElement || back instanceof SVGElement) back.focus();
  };
  render(<CommandLine {...props} close={remove} />, holder);
}

/** The table went: its command line goes with it. */
export function closeCommand(): void {
  open?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}

interface Line {
  readonly typed: string;
  readonly words: string;
}

function CommandLine({ session, moment, close }: Props & { readonly close: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const back = useRef(0);
  useLayoutEffect(() => {
    open = input.current;
    open?.focus();
  }, []);
  const tell = (typed: string, words: string): void => setLines((before) => [...before, { typed, words }].slice(-LINES_MAX));
  const enter = async (typed: string): Promise<void> => {
    back.current = 0;
    used("command");
    tell(typed, await carryOut(readCommand(typed, moment()), session));
  };
  return (
    <section
      class="command"
      aria-label={t("Command line")}
      data-testid="command"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
          back.current = Math.min(Math.max(back.current + (event.key === "ArrowUp" ? 1 : -1), 0), lines.length);
          if (input.current) input.current.value = lines.at(-back.current || lines.length)?.typed ?? "";
        } else return;
        event.preventDefault();
      }}
    >
      <ol class="command-log" aria-live="polite" aria-label={t("Answers")} data-testid="command-log">
        {lines.map(({ typed, words }, at) => (
          <li key={at}>
            <span class="quiet">{typed}</span> {words}
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const typed = input.current?.value ?? "";
          if (input.current) input.current.value = "";
          void enter(typed);
        }}
      >
        <label for="command-input">{t("Command")}</label>
        <input ref={input} id="command-input" class="input" data-testid="command-input" maxLength={300} autocomplete="off" autocapitalize="off" spellcheck={false} placeholder={t("help")} />
        <button type="button" class="btn plain" onClick={close}>
          {t("Close")}
        </button>
      </form>
    </section>
  );
}

async function carryOut(answer: Answer, session: RoomSession): Promise<string> {
  switch (answer.do) {
    case "say":
      return answer.words;
    case "act":
      session.act(answer.action);
      return answer.words;
    case "chat": {
      const refused = await session.say(answer.text);
      return refused ? refusal(refused.code, refused.message) : t("Said.");
    }
    case "rematch":
      return (await askRematch(session)) ? t("A rematch is asked for.") : t("That was refused.");
  }
}
