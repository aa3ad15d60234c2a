/** Small pictures in the chat: messages of the form `:wave:`, from an allow-list. What is not on it stays text. */

export const EMOTES = ["wave", "smile", "laugh", "sad", "wow", "think", "heart", "thumb", "cup", "crown"] as const;
export type Emote = (typeof EMOTES)[number];

export type Part = { readonly text: string } | { readonly emote: Emote };

const isEmote = (name: string): name is Emote => (EMOTES as readonly string[]).includes(name);

/** A message as text and pictures, in order. */
export function partsOf(said: string): readonly Part[] {
  return said.split(/(:[a-z]{1,12}:)/).flatMap((piece): readonly Part[] => {
    const name = /^:([a-z]+):$/.exec(piece)?.[1];
    if (name !== undefined && isEmote(name)) return [{ emote: name }];
    return piece === "" ? [] : [{ text: piece }];
  });
}

/** The picture that a message is, where it is nothing else. */
export function emoteOf(said: string): Emote | null {
  const [only, ...more] = partsOf(said.trim());
  return only && "emote" in only && more.length === 0 ? only.emote : null;
}
