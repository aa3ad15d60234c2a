/** Four sounds, made here out of tones: no file is fetched. Browsers let a page sound only after its first click or key. */

import { signal } from "@preact/signals";
import { used } from "../core/features";
import { t } from "../core/say";
import { recall, remember } from "../core/small";
import { toast } from "./app";
import { afterPaint } from "./paint";

export type Sound = "move" | "turn" | "low" | "end";

interface Tone {
  readonly hertz: number;
  readonly at_s: number;
  readonly for_s: number;
}

const SOUNDS: Readonly<Record<Sound, readonly Tone[]>> = {
  move: [
    { hertz: 392, at_s: 0, for_s: 0.07 },
    { hertz: 196, at_s: 0.01, for_s: 0.09 },
  ],
  turn: [
    { hertz: 523, at_s: 0, for_s: 0.14 },
    { hertz: 784, at_s: 0.11, for_s: 0.24 },
  ],
  low: [{ hertz: 988, at_s: 0, for_s: 0.08 }],
  end: [
    { hertz: 523, at_s: 0, for_s: 0.2 },
    { hertz: 659, at_s: 0.14, for_s: 0.2 },
    { hertz: 784, at_s: 0.28, for_s: 0.5 },
  ],
};
const LOUDNESS = 0.11;

const KEY = "kibitz.sound";
export const isSounding = signal(recall(KEY) !== "off");

let context: AudioContext | null = null;

export function play(sound: Sound): void {
  if (!isSounding.peek() || !("AudioContext" in window)) return;
  // Before that it would not sound, or all at once later.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  // The first one takes a slow machine a tenth of a second: what it belongs to is painted first.
  afterPaint(() => sing(sound));
}

function sing(sound: Sound): void {
  context ??= new AudioContext();
  void context.resume();
  for (const { hertz, at_s, for_s } of SOUNDS[sound]) {
    const from = context.currentTime + at_s;
    const tone = new OscillatorNode(context, { type: "triangle", frequency: hertz });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, from + 0.008);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + for_s);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + for_s);
  }
}

/** On or off, kept for the next visit. */
export function toggleSound(): void {
  used("sound");
  isSounding.value = !isSounding.value;
  remember(KEY, isSounding.value ? null : "off");
  toast(isSounding.value ? t("Sound is on.") : t("Sound is off."));
  play("turn");
}
