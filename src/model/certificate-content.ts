/** What the PEM texts of a certificate say, and whether they belong together (rules digest 2.8, CE-5 and CE-11). */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate, PrivateKeys } from './certificate.ts';
import { type ErrorCode, invalid, Refusal } from './errors.ts';
import { hasPassword, pemBlocks } from './pem.ts';

/** The fields that are read from the certificate itself. */
export type CertificateFacts = Pick<
  Certificate,
  'common_name' | 'expire_time' | 'fingerprint' | 'subject_alternative_names'
>;

/** The most certificates of one chain. */
const maxChain = 11;

/** The labels under which a private key comes. */
const keyLabels = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];

/**
 * Checks the texts of a certificate by its type, and reads what they say.
 *
 * @throws Refusal: ELB.8902 for what is missing or too much, ELB.5013 for a content that cannot be used or belongs to
 *   another key, ELB.5051 for that of a CA. No message repeats a text.
 */
export function readContent(of: Certificate, keys: PrivateKeys): CertificateFacts {
  if (of.type === 'server_sm') {
    checkPair(of.enc_certificate, keys.enc_private_key, 'enc_', of.type);
  } else {
    for (const [name, text] of Object.entries({
      enc_certificate: of.enc_certificate,
      enc_private_key: keys.enc_private_key,
    })) {
      if (text !== null)
        throw invalid(`certificate.${name}`, `it is for type server_sm, not ${of.type}; leave it out.`);
    }
  }
  const [first] =
    of.type === 'client'
      ? readAuthorities(of, keys)
      : checkPair(of.certificate, keys.private_key, '', of.type);
  return factsOf(first);
}

/** The kind of a stored certificate’s key: `rsa`, `ec`, or undefined for SM2. */
export function keyTypeOf({ certificate }: Pick<Certificate, 'certificate'>): string | undefined {
  const [first] = readChain('certificate.certificate', certificate, 'ELB.5013');
  return first.publicKey.asymmetricKeyType;
}

type Chain = readonly [X509Certificate, ...X509Certificate[]];

function checkPair(
  certificate: string | null,
  privateKey: string | null,
  prefix: '' | 'enc_',
  type: Certificate['type'],
): Chain {
  const certificateField = `certificate.${prefix}certificate`;
  const keyField = `certificate.${prefix}private_key`;
  for (const [name, text] of [
    [certificateField, certificate],
    [keyField, privateKey],
  ] as const) {
    if (text === null) throw invalid(name, `it is required for type ${type}. Expected PEM text.`);
  }
  const chain = readChain(certificateField, certificate ?? '', 'ELB.5013');
  checkOrder(certificateField, chain, type);
  const key = readKey(keyField, privateKey ?? '', type === 'server');
  if (chain[0].checkPrivateKey(key)) return chain;
  const other = chain.findIndex((each) => each.checkPrivateKey(key));
  throw unusable(
    keyField,
    other < 0
      ? `it does not belong to ${prefix}certificate, whose subject is ${subjectOf(chain[0])}.`
      : `it belongs to certificate ${other + 1} of the chain; put that one first.`,
  );
}

/** The CA that clients’ certificates come from: any certificates that can issue others, or be trusted by themselves. */
function readAuthorities({ certificate }: Certificate, { private_key }: PrivateKeys): Chain {
  const field = 'certificate.certificate';
  if (certificate === null) throw invalid(field, 'it is required for type client. Expected PEM text.');
  if (private_key !== null) readKey('certificate.private_key', private_key, false);
  const chain = readChain(field, certificate, 'ELB.5051');
  const other = chain.findIndex((each) => !each.ca && !each.checkIssued(each));
  if (other < 0) return chain;
  throw unusable(
    field,
    `certificate ${other + 1}, whose subject is ${subjectOf(chain[other] ?? chain[0])}, is not that of a CA.`,
    'ELB.5051',
  );
}

function readChain(field: string, text: string, code: ErrorCode): Chain {
  const blocks = pemBlocks(text);
  if (!blocks || blocks.some(({ label }) => label !== 'CERTIFICATE')) {
    throw unusable(
      field,
      'it is not PEM: expected blocks from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE----- and nothing else.',
      code,
    );
  }
  if (blocks.length > maxChain) {
    throw unusable(field, `it has ${blocks.length} certificates, and takes ${maxChain}.`, code);
  }
  const [first, ...rest] = blocks.map(({ text: pem }, index) => {
    try {
      const read = new X509Certificate(pem);
      // OpenSSL reads these only now, and a date with any digits as some year or other.
      if (!read.publicKey || !/^\d{4}-/.test(read.validToDate.toISOString()))
        throw new Error('no key or date');
      return read;
    } catch {
      throw unusable(field, `certificate ${index + 1} cannot be read as X.509.`, code);
    }
  });
  if (!first) throw unusable(field, 'it has no certificate.', code);
  return [first, ...rest];
}

/** Each certificate was issued by the one behind it. */
function checkOrder(field: string, chain: Chain, type: Certificate['type']): void {
  for (const [index, each] of chain.entries()) {
    const issuer = chain[index + 1];
    // OpenSSL checks a signature by SM2 only with the signer’s identity, which nobody tells us.
    if (!issuer || (each.checkIssued(issuer) && (type === 'server_sm' || isSignedBy(each, issuer)))) continue;
    throw unusable(
      field,
      `certificate ${index + 2} did not issue certificate ${index + 1}; the order is the server's own, those ` +
        'between, the root.',
    );
  }
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function readKey(field: string, text: string, ordinary: boolean): KeyObject {
  if (hasPassword(text)) {
    throw unusable(field, 'it has a password; remove that first, as `openssl pkey -in FILE` does.');
  }
  // OpenSSL writes the parameters of an EC key in front of it.
  const blocks = pemBlocks(text)?.filter(({ label }) => label !== 'EC PARAMETERS') ?? [];
  const [block] = blocks;
  if (!block || blocks.length > 1 || !keyLabels.includes(block.label)) {
    throw unusable(field, `it is not PEM: expected one block, ${keyLabels.join(', ')}.`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(block.text);
  } catch {
    throw unusable(field, `the block ${block.label} cannot be read as a private key.`);
  }
  if (ordinary && key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') {
    throw unusable(field, `got a key of type ${key.asymmetricKeyType ?? 'SM2'}, expected RSA or EC.`);
  }
  return key;
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const name = certificate.toLegacyObject().subject?.CN as string | string[] | undefined;
  return {
    common_name: (Array.isArray(name) ? name[0] : name) ?? null,
    subject_alternative_names: alternativeNames(certificate.subjectAltName ?? ''),
    fingerprint: certificate.fingerprint.replaceAll(':', ''),
    expire_time: `${certificate.validToDate.toISOString().slice(0, 19)}Z`,
  };
}

/** The host names and addresses among a certificate’s names, which Node lists as `DNS:a, IP Address:1.2.3.4`. */
function alternativeNames(text: string): string[] {
  // A value that could be mistaken for more than itself is quoted like a JSON string.
  const entry = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;
  return [...text.matchAll(entry)]
    .filter(([, kind]) => kind === 'DNS' || kind === 'IP Address')
    .map(([, , value = '']) => (value.startsWith('"') ? String(JSON.parse(value)) : value));
}

function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? '').replaceAll('\n', ', ').slice(0, 100) || 'empty';
}

function unusable(field: string, problem: string, code: ErrorCode = 'ELB.5013'): Refusal {
  return new Refusal(code, `Invalid input for '${field}': ${problem}`);
}
