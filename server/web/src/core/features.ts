/** What is used: noted here at once, told by a lazy chunk (`ui/features`). docs/features.md says what each name counts. */

export type FeatureName =
  | "bot_game"
  | "chat"
  | "chat_preset"
  | "command"
  | "embed"
  | "emote"
  | "help"
  | "invite_copy"
  | "invite_qr"
  | "invite_share"
  | "keyboard"
  | "lab"
  | "language"
  | "leaderboard"
  | "mute"
  | "notifications"
  | "offline_move"
  | "profile"
  | "quick_match"
  | "rematch"
  | "replay"
  | "replay_fork"
  | "resign"
  | "sound"
  | "spectate"
  | "theme"
  | "update";

/** Not told yet. Nobody reads it where the player asks not to be counted, so it ends by itself. */
export const noted: FeatureName[] = [];

export function used(name: FeatureName): void {
  if (noted.length < 99) noted.push(name);
}
