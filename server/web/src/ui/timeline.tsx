/** The replay's time line: where we are, a mark for each move in its player's colour and lane, and the buttons. */

import { useMemo } from "preact/hooks";
import type { Shot } from "../core/film";
import { t } from "../core/say";
import { Icon } from "./icons";
import { BACK, FIRST, LAST, NEXT, PAUSE, PLAY } from "./table-icons";

interface Props {
  readonly shots: readonly Shot[];
  readonly seats: number;
  readonly at: number;
  readonly caption: string;
  readonly isPlaying: boolean;
  readonly speed: number;
  readonly go: (ply: number) => void;
  readonly toggle: () => void;
  readonly faster: () => void;
}

export function Timeline({ shots, seats, at, caption, isPlaying, speed, go, toggle, faster }: Props) {
  const last = shots.length - 1;
  const marks = useMemo(() => marksOf(shots, seats), [shots, seats]);
  return (
    <div class="controls" role="group" aria-label={t("Replay")}>
      <svg class="marks" viewBox={`0 0 ${Math.max(last, 1)} ${seats}`} preserveAspectRatio="none" aria-hidden="true">
        {marks.map((path, seat) => (
          <path class={`p${(seat % 8) + 1}`} d={path} />
        ))}
        <path class="now" d={`M${at} 0V${seats}`} />
      </svg>
      <input
        type="range"
        data-testid="replay-slider"
        aria-label={t("Position")}
        aria-valuetext={caption}
        min={0}
        max={last}
        step={1}
        value={at}
        onInput={(event) => go(Number(event.currentTarget.value))}
      />
      <div class="buttons">
        <Step icon={FIRST} label={t("To the beginning (Home)")} to={() => go(0)} off={at === 0} />
        <Step icon={BACK} label={t("One back (←)")} to={() => go(at - 1)} off={at === 0} />
        <button type="button" class="btn main" data-testid="replay-play" title={t("Space bar")} onClick={toggle}>
          <Icon of={isPlaying ? PAUSE : PLAY} />
          {isPlaying ? t("Pause") : t("Play")}
        </button>
        <Step icon={NEXT} label={t("One on (→)")} to={() => go(at + 1)} off={at === last} />
        <Step icon={LAST} label={t("To the end (End)")} to={() => go(last)} off={at === last} />
        <button type="button" class="btn plain speed num" data-testid="replay-speed" aria-label={t("Speed {n} times", { n: speed })} title={t("[ slower, ] faster")} onClick={faster}>
          {speed === 0.5 ? "½" : speed}×
        </button>
      </div>
    </div>
  );
}

/** One path for each seat, so that a long match costs no more elements than a short one. */
function marksOf(shots: readonly Shot[], seats: number): readonly string[] {
  const paths = Array.from({ length: seats }, () => "");
  shots.forEach(({ event: { kind, seat } }, ply) => {
    if (seat !== null && seat < seats && kind !== "started") paths[seat] += `M${ply} ${seat}.1v.8`;
  });
  return paths;
}

function Step({ icon, label, to, off }: { readonly icon: string; readonly label: string; readonly to: () => void; readonly off: boolean }) {
  return (
    <button type="button" class="btn plain icon" aria-label={label} title={label} disabled={off} onClick={to}>
      <Icon of={icon} />
    </button>
  );
}
