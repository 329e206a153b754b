/** The value types that several resources share, with the limits of the API. */
import { type Static, type TSchema, Type } from 'typebox';

/** One of the given words. */
export function oneOf<const T extends readonly string[]>(...words: T) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: words });
}

/** Text of at most `maxLength` characters, counted as Unicode code points. */
function text(maxLength: number, minLength = 0) {
  return Type.String({ minLength, maxLength });
}

/** A whole number inside a closed range. */
export function integer(minimum: number, maximum: number) {
  return Type.Integer({ minimum, maximum });
}

/** The id of a resource or of something in the inventory. */
export const Id = Type.String({ minLength: 1, maxLength: 36 });

/** `yyyy-MM-dd'T'HH:mm:ss'Z'`, UTC, to the second. */
export const Timestamp = Type.String({ format: 'date-time' });

/** The name of a resource, or its description. */
export const Name = text(255);

/** A reference to another resource by its id. */
export const Reference = Type.Object({ id: Type.String() });

export const Tag = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^=*<>\\\\,|/\\x00-\\x1f]+$' }),
    value: Type.String({ maxLength: 255, pattern: '^[^=*<>\\\\,|/\\x00-\\x1f]*$' }),
  },
  { additionalProperties: false },
);

export type Tag = Static<typeof Tag>;

/** How many tags a resource may have. */
export const maxTags = 20;

export const ProtectionStatus = oneOf('nonProtection', 'consoleProtection');

/** At most 255 characters without angle brackets. */
export const ProtectionReason = Type.String({ maxLength: 255, pattern: '^[^<>]*$' });

/** An object whose unknown keys are refused. */
export function strict<T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, { additionalProperties: false });
}
