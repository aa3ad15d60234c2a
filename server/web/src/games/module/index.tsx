/**
 * Games that bring an ES module to draw themselves (docs/views.md). It gets an element and plain data, never the page's own
 * objects; whatever it throws is caught, and the generic view takes its place.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../core/say";
import type { Json, ShownEvent } from "../../protocol.gen";
import { adoptStyles } from "../../ui/app";
import type { BoardProps, GameView } from "../view";
import css from "./module.css";

adoptStyles(css);

/** What the module's `update` gets. */
export interface ModuleState {
  readonly view: Json;
  /** Whose view it is; null for spectators. */
  readonly seat: number | null;
  /** Own actions that the server has not confirmed yet, oldest first. */
  readonly pending: readonly { readonly type: string; readonly args: Json }[];
  /** The newest action that had to be taken back; `at` is new for each. */
  readonly undone: { readonly type: string; readonly args: Json; readonly at: number } | null;
  readonly names: readonly string[];
  readonly phase: string | null;
  readonly isReplay: boolean;
  /** Whether the viewer may act now, as far as the view tells. */
  readonly canAct: boolean;
}

export interface ModuleHost {
  /** False where nobody can act here and now: it was not sent. */
  act(type: string, args?: Json): boolean;
  readonly game: string;
  /** How many seats the room has. */
  readonly seats: number;
  readonly names: readonly string[];
  readonly seat: number | null;
}

interface Drawn {
  update(state: ModuleState): void;
  destroy?(): void;
}

/** What the module exports; `mount` is all that is needed. */
export interface GameModule {
  mount(root: HTMLElement, host: ModuleHost): Drawn;
  /** Asked for actions only; the page has words for what else happens. */
  describe?(event: ShownEvent, names: readonly string[]): string | null;
}

/** Puts a board of the module's in place of the generic one. Rejects where the module cannot be had. */
export async function withModule(generic: GameView, game: string, url: string): Promise<GameView> {
  const module = (await import(url)) as Partial<GameModule>;
  const { mount, describe } = module;
  if (typeof mount !== "function") throw new Error("the module exports no function called mount");
  return {
    ...generic,
    Board: (props) => <ModuleBoard {...props} game={game} mount={mount} generic={generic} />,
    describe(event, names) {
      try {
        return describe && event.kind === "action" ? describe(event, names) : generic.describe(event, names);
      } catch {
        return generic.describe(event, names);
      }
    },
  };
}

/** The generic view with a word about why it is there. */
export function withNotice(generic: GameView, why: string): GameView {
  return { ...generic, Board: (props) => <Fallback {...props} generic={generic} why={why} /> };
}

interface Props extends BoardProps<Json> {
  readonly game: string;
  readonly mount: GameModule["mount"];
  readonly generic: GameView;
}

function ModuleBoard(props: Props) {
  const { game, mount, generic, view, seat, pending, undone, names, act, isReplay = false } = props;
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const latest = useRef(act);
  latest.current = act;
  const [fault, setFault] = useState<string | null>(null);
  const guard = (task: () => void): void => {
    try {
      task();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };

  // Another seat is another host; a fault ends it for good.
  useEffect(() => {
    const element = root.current;
    if (fault !== null || !element) return;
    const host: ModuleHost = {
      act(type, args = {}) {
        latest.current?.({ type, args });
        return latest.current !== null;
      },
      game,
      seats: names.length,
      names,
      seat,
    };
    guard(() => (drawn.current = mount(element, host)));
    return () => {
      const last = drawn.current;
      drawn.current = null;
      try {
        last?.destroy?.();
      } catch {
        // It is gone anyway.
      }
      element.replaceChildren();
    };
  }, [seat, names.length, fault]);
  useEffect(() => {
    const phase = (view as { readonly phase?: Json } | null)?.phase;
    const state: ModuleState = {
      view,
      seat,
      pending: pending.map(({ action }) => action),
      undone: undone && { ...undone.action, at: undone.at },
      names,
      phase: typeof phase === "string" ? phase : null,
      isReplay,
      canAct: act !== null,
    };
    guard(() => drawn.current?.update(state));
  });

  if (fault !== null) return <Fallback {...props} generic={generic} why={fault} />;
  return <div ref={root} class="module-view" data-testid="board" />;
}

function Fallback({ generic, why, ...props }: BoardProps<Json> & { readonly generic: GameView; readonly why: string }) {
  return (
    <div class="module-fallback">
      <p class="module-fault small" role="alert" data-testid="view-fault">
        {t("This game's own board failed ({why}). It is drawn plainly instead; you can play on.", { why })}
      </p>
      <generic.Board {...props} />
    </div>
  );
}
