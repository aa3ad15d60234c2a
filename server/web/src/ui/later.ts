import { useEffect, useState } from "preact/hooks";
import { loader, net } from "./app";
import { afterPaint } from "./paint";

/** A part of the page that comes after it: null until its chunk is here. What could not be fetched is tried again once online. */
export function useChunk<Chunk>(name: string, isWanted = true): Chunk | null {
  const [chunk, setChunk] = useState<Chunk | null>(null);
  const isMissing = isWanted && chunk === null;
  useEffect(() => {
    if (!isMissing) return;
    let isHere = true;
    // Effects may run before the page they belong to is painted, while it passes into view.
    afterPaint(() =>
      loader.load(name).then(
        (loaded) => isHere && setChunk(loaded as Chunk),
        () => undefined,
      ),
    );
    return () => {
      isHere = false;
    };
  }, [name, isMissing, net.value.status]);
  return chunk;
}
