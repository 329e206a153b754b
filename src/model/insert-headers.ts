/** The 37 switches of a listener's `insert_headers` (rules digest 4.6). */
import { type TSchema, Type } from 'typebox';
import { orNull } from './field.ts';
import { described, named, oneOf, spelled, strict } from './schemas.ts';

const Switch = Type.Boolean();

/** The name under which a header is sent instead of its own. */
const Alias = spelled(
  'lowercase letters, digits, "_" and "-"',
  Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9_-]+$' }),
);

/** Headers switched by their own name. */
const plainSwitches = [
  'X-Forwarded-ELB-IP',
  'X-Forwarded-Port',
  'X-Forwarded-For-Port',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'X-Forwarded-ELB-ID',
  'X-Forwarded-TLS-Certificate-ID',
  'X-Forwarded-TLS-Protocol',
  'X-Forwarded-TLS-Cipher',
] as const;

/** Headers with a switch named `…-enable` and another name in `…-alias`. */
const enabledHeaders = [
  'X-Forwarded-Clientcert-subjectdn',
  'X-Forwarded-Clientcert-issuerdn',
  'X-Forwarded-Clientcert-fingerprint',
  'X-Forwarded-Clientcert-clientverify',
  'X-Forwarded-Clientcert-serialnumber',
  'X-Forwarded-Clientcert',
  'X-Forwarded-Clientcert-ciphers',
  'X-Forwarded-Clientcert-end',
  'X-Forwarded-Tls-Alpn-Protocol',
  'X-Forwarded-Tls-Sni',
  'X-Forwarded-Tls-Ja3',
  'X-Forwarded-Tls-Ja4',
] as const;

const aliases = [
  'X-Forwarded-TLS-Protocol-alias',
  'X-Forwarded-TLS-Cipher-alias',
  ...enabledHeaders.map((name) => `${name}-alias`),
];

const switches = [...plainSwitches, ...enabledHeaders.map((name) => `${name}-enable`)];

const keys: Readonly<Record<string, TSchema>> = {
  'X-Forwarded-For-Processing-Mode': described(
    'What becomes of X-Forwarded-For.',
    oneOf('append', 'remove', 'preserve'),
  ),
  ...Object.fromEntries(
    switches.map((name) => [name, described(`Whether ${name.replace(/-enable$/, '')} is sent.`, Switch)]),
  ),
  ...Object.fromEntries(
    aliases.map((name) => [
      name,
      described(`The name to send ${name.replace(/-alias$/, '')} by.`, Alias, 'x-name'),
    ]),
  ),
};

const optional = (schemaOf: (schema: TSchema) => TSchema) =>
  Object.fromEntries(Object.entries(keys).map(([name, schema]) => [name, Type.Optional(schemaOf(schema))]));

/** The same, or null to put it back to what it is from the start. */
function nullable(schema: TSchema & { readonly description?: string }): TSchema {
  const { description = '', ...rest } = schema;
  return described(description, orNull(rest as TSchema));
}

/** What a request may send: any of the keys. */
export const InsertHeadersInput = named('NewInsertHeaders', strict(optional(nullable)));

/** What is stored and answered: every plain switch, and of the others those that were set. */
export const InsertHeaders = Type.Unsafe<Record<string, boolean | string>>(
  named('InsertHeaders', Type.Object(optional((schema) => schema))),
);

export type InsertHeaders = Record<string, boolean | string>;

/**
 * The complete set after a request: what it gave, else the value so far. Only `X-Forwarded-Host` is on from the
 * start; null puts a key back to that.
 */
export function mergeInsertHeaders(
  before: InsertHeaders | null,
  given: Readonly<Record<string, boolean | string | null>>,
): InsertHeaders {
  const merged: InsertHeaders = { ...before };
  for (const [key, value] of Object.entries(given)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  for (const name of plainSwitches) merged[name] ??= name === 'X-Forwarded-Host';
  return merged;
}
