import type { Json } from "../protocol.gen";

/**
 * Canonical JSON: no spaces, keys by code point (they are ASCII, where that is the default order), no needless escapes.
 * Its UTF-8 bytes are the same as the server's, so their CRC-32 can be compared.
 */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const record = value as { readonly [key: string]: Json };
  const parts = Object.keys(record).sort().map((key) => `${JSON.stringify(key)}:${canonical(record[key] as Json)}`);
  return `{${parts.join(",")}}`;
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
