/** The value types that several resources share, with the limits of the API. */
import { type Static, type TSchema, Type } from 'typebox';
import { orLeftOut } from './field.ts';

/** A schema under a name, by which documents refer to it; one name is for one schema. */
export function named<S extends TSchema>(title: string, schema: S): S {
  return saying(schema, { title });
}

/** A schema with what its value means to a caller, in one sentence, and perhaps an example. */
export function described<S extends TSchema>(description: string, schema: S, example?: Static<S>): S {
  return saying(schema, { description, ...(example === undefined ? {} : { examples: [example] }) });
}

/** A copy of a schema with more said of it. What kind it is, TypeBox keeps where a spread does not see it. */
function saying<S extends TSchema>(schema: S, more: object): S {
  return Object.assign(Object.defineProperties({} as S, Object.getOwnPropertyDescriptors(schema)), more);
}

/** Where a schema keeps what its pattern takes, in words. Documents do not show it: they have the pattern. */
const inWords = Symbol('what a pattern takes, in words');

/** A schema with a pattern, and what that takes as messages are to say it. */
export function spelled<S extends TSchema>(words: string, schema: S): S {
  return saying(schema, { [inWords]: words });
}

/** What the pattern of a schema takes, in words if it has any. */
export function spellingOf(schema: { readonly [inWords]?: string; readonly pattern?: string }): string {
  const { [inWords]: words, pattern } = schema;
  if (words !== undefined) return `: ${words}`;
  return pattern === undefined ? '' : ` matching ${pattern}`;
}

/** An object whose unknown keys are refused. */
export function strict<T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, { additionalProperties: false });
}

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
export const Reference = named(
  'Reference',
  Type.Object({ id: Type.String({ description: 'The id of the other resource.' }) }),
);

const tagCharacters = 'no control characters, and none of =*<>\\,|/';

export const Tag = named(
  'Tag',
  strict({
    key: spelled(
      tagCharacters,
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^[^=*<>\\\\,|/\\x00-\\x1f]+$',
        description: 'What is said of the resource; once for each.',
        examples: ['stage'],
      }),
    ),
    value: spelled(
      tagCharacters,
      Type.String({
        maxLength: 255,
        pattern: '^[^=*<>\\\\,|/\\x00-\\x1f]*$',
        description: 'What it is.',
        examples: ['test'],
      }),
    ),
  }),
);

export type Tag = Static<typeof Tag>;

/** A tag as create requests give it: Terraform leaves an empty value out. */
export const GivenTag = named(
  'GivenTag',
  strict({
    key: Tag.properties.key,
    value: orLeftOut(Tag.properties.value),
  }),
);

export type GivenTag = Static<typeof GivenTag>;

/** How many tags a resource may have. */
export const maxTags = 20;

export const ProtectionStatus = oneOf('nonProtection', 'consoleProtection');

/** At most 255 characters without angle brackets. */
export const ProtectionReason = spelled(
  'no "<" and no ">"',
  Type.String({ maxLength: 255, pattern: '^[^<>]*$' }),
);
