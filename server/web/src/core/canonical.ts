import type { Json } from "../protocol.gen";

/**
 * Canonical JSON: no spaces, keys by code point (they are ASCII, where that is the default order), no needless escapes.
 * Its UTF-8 bytes are the same as the server's, so their CRC-32 can be compared.
 */
export function canonical(value: Json, path = ""): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isSafeInteger(value) && Math.abs(value) !== 2 ** 53) throw new CanonicalError(path, "not an integer within 2^53");
      // Beside integers there is one number with two forms: -0.
      return JSON.stringify(value);
    case "string":
      return text(value, path);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map((item, at) => canonical(item, `${path}/${at}`)).join(",")}]`;
  const record = value as { readonly [key: string]: Json };
  const parts = Object.keys(record)
    .sort()
    .map((key) => {
      // Anything beyond ASCII would sort differently in the two languages.
      if (/[^\x00-\x7f]/.test(key)) throw new CanonicalError(path, "a key is not ASCII");
      const at = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      return `${JSON.stringify(key)}:${canonical(record[key] as Json, at)}`;
    });
  return `{${parts.join(",")}}`;
}

/** A value that canonical JSON does not have; `path` is a JSON pointer to it. */
export class CanonicalError extends Error {
  constructor(
    readonly path: string,
    why: string,
  ) {
    super(`${path || "the value"}: ${why}`);
  }
}

function text(value: string, path: string): string {
  // Half a surrogate pair has no UTF-8; JSON.stringify would hide it behind an escape.
  if (/\p{Surrogate}/u.test(value)) throw new CanonicalError(path, "half a surrogate pair");
  return JSON.stringify(value);
}

export function checksum(value: Json): number {
  return crc32(new TextEncoder().encode(canonical(value)));
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 as of zlib: polynomial 0xEDB88320, reflected. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ (TABLE[(rest ^ byte) & 0xff] as number);
  return (rest ^ 0xffffffff) >>> 0;
}
