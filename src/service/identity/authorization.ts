/** The Authorization header of a signed request, in the three forms that clients send. */

/**
 * `access`: signed with the secret itself. `credential`: with a key that a chain of HMACs makes of it for a day, a
 * region and a service. `derived`: the same by HKDF.
 */
export type SignatureForm = 'access' | 'credential' | 'derived';

export interface Authorization {
  readonly form: SignatureForm;
  /** The id of the access key. */
  readonly access: string;
  /** What the key was made for, as `20261122/cn-north-4/elb`; empty for the secret itself. */
  readonly scope: string;
  /** The names of the signed headers in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
}

/** The algorithm of each form, as headers and signed texts name it. */
export const algorithms: Readonly<Record<SignatureForm, string>> = {
  access: 'SDK-HMAC-SHA256',
  credential: 'SDK-HMAC-SHA256',
  derived: 'V11-HMAC-SHA256',
};

/** What is taken, for those who sent something else. */
export const takenForms =
  '"SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…", ' +
  '"SDK-HMAC-SHA256 Credential=…/DATE/REGION/SERVICE/sdk_request, …" or ' +
  '"V11-HMAC-SHA256 Credential=…/DATE/REGION/SERVICE, …"';

const id = '[^,\\s/]{1,128}';
const word = '[^,\\s/]{0,64}';
const rest = ', ?SignedHeaders=(?<names>[a-z0-9;_-]{1,2048}), ?Signature=(?<hex>[0-9a-f]{64})';

const shapes: readonly (readonly [SignatureForm, RegExp])[] = [
  ['access', shape('access', `Access=(?<access>[^,\\s]{1,128})(?<scope>)`)],
  [
    'credential',
    shape('credential', `Credential=(?<access>${id})/(?<scope>\\d{8}/${word}/${word}/sdk_request)`),
  ],
  ['derived', shape('derived', `Credential=(?<access>${id})/(?<scope>\\d{8}/${word}/${word})`)],
];

function shape(form: SignatureForm, credential: string): RegExp {
  return new RegExp(`^${algorithms[form]} ${credential}${rest}$`);
}

/** Reads an Authorization header; null when it has none of the forms. */
export function parseAuthorization(text: string): Authorization | null {
  for (const [form, expected] of shapes) {
    const { access = '', scope = '', names = '', hex = '' } = expected.exec(text)?.groups ?? {};
    if (access === '') continue;
    return { form, access, scope, signedHeaders: names.split(';'), signature: Buffer.from(hex, 'hex') };
  }
  return null;
}
