/** Batches of a room's messages: unpacked, in order, and held to their numbers. */

import type { Batch, Json } from "../protocol.gen";

type Named = readonly (readonly [string, Json])[];

export class Batches {
  private next: number | null = null;
  /** Unpacking takes its time; what comes meanwhile waits, so that the order stays. */
  private tail: Promise<void> | null = null;

  constructor(
    private readonly heard: (name: string, payload: unknown) => void,
    /** A number was missing, came out of order, or could not be read. */
    private readonly missed: () => void,
  ) {}

  /** The room was joined, or its state asked for: the next batch may have any number. */
  restart(): void {
    this.next = null;
  }

  take(batch: Batch): void {
    if (this.tail === null && !(batch.messages instanceof Uint8Array)) return this.hear(batch, batch.messages);
    const turn = (this.tail ?? Promise.resolve())
      .then(() => unpack(batch))
      .catch(() => null)
      .then((messages) => {
        if (this.tail === turn) this.tail = null;
        this.hear(batch, messages);
      });
    this.tail = turn;
  }

  private hear(batch: Batch, messages: Named | null): void {
    const isNext = this.next === null || batch.sequence === this.next;
    this.next = batch.sequence + 1;
    for (const [name, payload] of messages ?? []) this.heard(name, payload);
    if (!isNext || messages === null) this.missed();
  }
}

async function unpack(batch: Batch): Promise<Named> {
  const { messages, compression } = batch;
  if (!(messages instanceof Uint8Array)) return messages;
  if (compression === "none") throw new Error("binary messages that are not compressed");
  const plain = new Blob([messages as BlobPart]).stream().pipeThrough(new DecompressionStream(compression));
  return (await new Response(plain).json()) as Named;
}
