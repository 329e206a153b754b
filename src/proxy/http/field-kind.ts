import { spells } from './field-name.ts';

/** The header fields an intermediary must understand; every other field passes as OTHER. */
export const FieldKind = {
  OTHER: 0,
  HOST: 1,
  CONTENT_LENGTH: 2,
  TRANSFER_ENCODING: 3,
  CONNECTION: 4,
  KEEP_ALIVE: 5,
  PROXY_CONNECTION: 6,
  TE: 7,
  UPGRADE: 8,
  EXPECT: 9,
  FORWARDED_FOR: 10,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

const names: readonly (readonly [string, FieldKind])[] = [
  ['host', FieldKind.HOST],
  ['content-length', FieldKind.CONTENT_LENGTH],
  ['transfer-encoding', FieldKind.TRANSFER_ENCODING],
  ['connection', FieldKind.CONNECTION],
  ['keep-alive', FieldKind.KEEP_ALIVE],
  ['proxy-connection', FieldKind.PROXY_CONNECTION],
  ['te', FieldKind.TE],
  ['upgrade', FieldKind.UPGRADE],
  ['expect', FieldKind.EXPECT],
  ['x-forwarded-for', FieldKind.FORWARDED_FOR],
];

interface KnownName {
  readonly bytes: Uint8Array;
  readonly kind: FieldKind;
}

const known: readonly KnownName[] = names.map(([name, kind]) => ({
  bytes: Buffer.from(name, 'latin1'),
  kind,
}));
const longest = Math.max(...known.map((name) => name.bytes.length));
const byLength: readonly (readonly KnownName[])[] = Array.from({ length: longest + 1 }, (_, length) =>
  known.filter((name) => name.bytes.length === length),
);

/** The kind of the field whose name is buffer[start, end). */
export function fieldKind(buffer: Uint8Array, start: number, end: number): FieldKind {
  const candidates = byLength[end - start];
  if (candidates === undefined) return FieldKind.OTHER;
  for (const candidate of candidates) {
    if (spells(buffer, start, candidate.bytes)) return candidate.kind;
  }
  return FieldKind.OTHER;
}
