import { constants, createHash } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { TlsSettings, TlsVersion } from '../../dataplane/configuration.ts';

/** Oldest first, each with what switches it off. */
const versions: readonly (readonly [TlsVersion, number])[] = [
  ['TLSv1', constants.SSL_OP_NO_TLSv1],
  ['TLSv1.1', constants.SSL_OP_NO_TLSv1_1],
  ['TLSv1.2', constants.SSL_OP_NO_TLSv1_2],
  ['TLSv1.3', constants.SSL_OP_NO_TLSv1_3],
];

/** The options that a listener's contexts have in common, whichever certificate they show. */
export function protocolOptions(settings: TlsSettings): TlsOptions {
  const newSuites = settings.ciphers.some(isOfTls13);
  const oldSuites = settings.ciphers.some((name) => !isOfTls13(name));
  const offered = versions.filter(
    ([version]) => settings.versions.includes(version) && (version === 'TLSv1.3' ? newSuites : oldSuites),
  );
  const [oldest] = offered.at(0) ?? ['TLSv1.2' as const];
  const [newest] = offered.at(-1) ?? ['TLSv1.2' as const];
  let secureOptions = 0;
  for (const each of versions) if (!offered.includes(each)) secureOptions |= each[1];
  return {
    minVersion: oldest,
    maxVersion: newest,
    secureOptions,
    // OpenSSL takes a level only together with a suite for older versions, which are then switched off.
    ciphers: [...settings.ciphers, ...(oldSuites ? [] : ['DEFAULT']), level(settings)].join(':'),
    honorCipherOrder: true,
    dhparam: 'auto',
  };
}

/** RFC 8446 B.4: the suites of TLS 1.3 have names of their own. */
function isOfTls13(suite: string): boolean {
  return suite.startsWith('TLS_');
}

/**
 * The security level: at 1 OpenSSL refuses TLS before 1.2 and keys of 64 bits, above 1 also RSA keys of 1024 bits, which
 * people still have.
 */
function level({ ciphers, versions: offered }: TlsSettings): string {
  const isOld = offered.includes('TLSv1') || offered.includes('TLSv1.1');
  return `@SECLEVEL=${isOld || ciphers.some((name) => name.includes('CCM_8')) ? 0 : 1}`;
}

/**
 * Tells apart the sessions of listeners, and of one before and after its clients' authority changed: a client that one
 * has let in must not get in at another by resuming (RFC 5246 F.1.4). The same at every worker, 32 bytes at most.
 */
export function sessionContext(listenerId: string, authorities: string | null): string {
  return createHash('sha256').update(`${listenerId}\n${authorities}`).digest('hex').slice(0, 32);
}
