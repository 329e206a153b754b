/** A certificate of our own making, kept in the data directory: clients are told to trust this one and no other. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { ServerCertificate } from '../../api/server.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** The longest that every common client accepts. */
const lifetimeMs = 825 * dayMs;

/** One with less time left is made anew at the next start. */
const leastLeftMs = 30 * dayMs;

/** Where the certificate of a data directory is, which clients must trust. */
export function generatedCertificatePath(directory: string): string {
  return join(directory, 'tls', 'certificate.pem');
}

/**
 * The certificate of a data directory; made when there is none yet, when it does not name the host, or when it is
 * about to expire.
 *
 * @param host where the API listens
 */
export async function generatedCertificate(directory: string, host: string): Promise<ServerCertificate> {
  const path = generatedCertificatePath(directory);
  const keyPath = join(directory, 'tls', 'key.pem');
  const names = localNames(host);
  if (existsSync(path) && existsSync(keyPath)) {
    const kept = { cert: readFileSync(path, 'utf8'), key: readFileSync(keyPath, 'utf8') };
    if (isGood(kept.cert, names)) return kept;
  }
  const made = await make(names);
  mkdirSync(join(directory, 'tls'), { recursive: true, mode: 0o700 });
  writeWhole(keyPath, made.key);
  writeWhole(path, made.cert);
  return made;
}

/** What a client on this machine, or one that is told the host, may call us. */
function localNames(host: string): string[] {
  const anywhere = host === '0.0.0.0' || host === '::';
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...(anywhere ? [] : [host])])];
}

function isGood(cert: string, names: readonly string[]): boolean {
  try {
    const parsed = new X509Certificate(cert);
    const covers = (name: string) =>
      (isIP(name) ? parsed.checkIP(name) : parsed.checkHost(name)) !== undefined;
    return parsed.validToDate.getTime() - Date.now() > leastLeftMs && names.every(covers);
  } catch {
    return false;
  }
}

async function make(names: readonly string[]): Promise<ServerCertificate> {
  // A client's clock may be a little behind.
  const notBeforeDate = new Date(Date.now() - dayMs);
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Elbow' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + lifetimeMs),
    extensions: [
      // Trusting it must not mean trusting what somebody else issues with its key.
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert, key };
}

/** Never half a file, and for nobody else to read. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
