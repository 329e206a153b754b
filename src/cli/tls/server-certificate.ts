/** The certificate under which the API is served over TLS: given in files, or made for this machine's own names. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerCertificate } from '../../api/server.ts';
import { UsageError } from '../options.ts';
import { generatedCertificate } from './generated-certificate.ts';

/** Where the certificate comes from: two PEM files, or the data directory, where one is made. */
export type CertificateSource =
  | { readonly kind: 'files'; readonly cert: string; readonly key: string }
  | { readonly kind: 'generated'; readonly directory: string; readonly host: string };

/**
 * The source that the options name; null serves without TLS.
 *
 * @throws UsageError when only one of the files is named
 */
export function certificateSource(
  given: { readonly tls: boolean; readonly cert: string | undefined; readonly key: string | undefined },
  directory: string,
  host: string,
): CertificateSource | null {
  const { tls, cert, key } = given;
  if (cert !== undefined && key !== undefined) return { kind: 'files', cert, key };
  if (cert !== undefined || key !== undefined) {
    throw new UsageError(
      `--tls-${cert === undefined ? 'cert' : 'key'} is missing: --tls-cert and --tls-key go together. --tls alone makes a certificate.`,
    );
  }
  return tls ? { kind: 'generated', directory, host } : null;
}

/**
 * The certificate as its source has it now.
 *
 * @throws UsageError that names the file which cannot be used, and why
 */
export async function readCertificate(source: CertificateSource): Promise<ServerCertificate> {
  if (source.kind === 'generated') return generatedCertificate(source.directory, source.host);
  const cert = readPem('--tls-cert', source.cert);
  const key = readPem('--tls-key', source.key);
  const leaf = usable('--tls-cert', source.cert, 'a certificate', () => new X509Certificate(cert));
  const own = usable('--tls-key', source.key, 'a private key without a password', () =>
    createPrivateKey(key),
  );
  if (!leaf.checkPrivateKey(own)) {
    throw new UsageError(
      `--tls-key: ${source.key} is not the key of the first certificate in ${source.cert}.`,
    );
  }
  return { cert, key };
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}.`);
  }
}

function usable<T>(option: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    // What the parser says names places in its own source, and might repeat the key.
    throw new UsageError(`${option}: ${path} does not hold ${what} in PEM form.`);
  }
}
