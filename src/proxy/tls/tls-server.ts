import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import type {
  CertificateConfiguration,
  ListenerConfiguration,
  TlsSettings,
} from '../../dataplane/configuration.ts';
import type { CertificateStore } from './certificate-store.ts';
import { ServerNames } from './server-names.ts';
import { protocolOptions, sessionContext } from './tls-options.ts';

/** What handshakes of a listener are made with. */
export interface TlsContexts {
  /** Listens to nothing: connections are given to it by its event `connection`. */
  readonly server: Server;
  /** Certificate ids by SHA-256 fingerprint. */
  readonly certificateIds: ReadonlyMap<string, string>;
  /** What it was made of. */
  readonly certificates: readonly CertificateConfiguration[];
}

/** Certificates of the listener cannot be used; the text names them and says what to do. */
export interface TlsProblem {
  readonly problem: string;
}

/** Makes the contexts of a listener; what is wrong with its settings or certificates is an answer, no error. */
export function createContexts(
  listener: ListenerConfiguration,
  settings: TlsSettings,
  store: CertificateStore,
  onSecure: (socket: TLSSocket) => void,
  onFailed: (socket: TLSSocket) => void,
): TlsContexts | TlsProblem {
  const { certificateId, namedCertificateIds, clientAuthorityId } = settings;
  const authority = clientAuthorityId === null ? null : store.get(clientAuthorityId);
  if (authority === undefined) return missing(clientAuthorityId);
  const own: CertificateConfiguration[] = [];
  for (const id of new Set([certificateId, ...namedCertificateIds])) {
    const found = store.get(id);
    if (found === undefined || found.key === null) return missing(id);
    own.push(found);
  }
  const [fallback] = own as [CertificateConfiguration];
  try {
    const certificateIds = new Map(own.map((each) => [checked(each).fingerprint256, each.id]));
    const common = {
      ...protocolOptions(settings),
      sessionIdContext: sessionContext(listener.id, authority?.chain ?? null),
      ca: authority === null ? [] : [authority.chain],
      allowPartialTrustChain: true,
    };
    const contextOf = (shown: readonly CertificateConfiguration[]) =>
      createSecureContext({ ...common, ...pairs(shown) });
    const names = contextsByName(
      own.filter(({ id }) => namedCertificateIds.includes(id)),
      contextOf,
    );
    const matched = new ServerNames(names, settings.nameMatch);
    const server = createServer({
      ...common,
      ...pairs([fallback]),
      requestCert: authority !== null,
      rejectUnauthorized: authority !== null,
      SNICallback: (name, done) => done(null, matched.find(name)),
      // Whoever relays bytes cannot know what the member speaks.
      ...(listener.http === null ? {} : { ALPNProtocols: ['http/1.1'] }),
    });
    server.on('secureConnection', onSecure);
    server.on('tlsClientError', (_error, socket) => onFailed(socket));
    return {
      server,
      certificateIds,
      certificates: authority === null ? own : [...own, authority],
    };
  } catch (error) {
    // OpenSSL's messages tell what it dislikes, and never what a key holds.
    return { problem: `its TLS settings cannot be used: ${(error as Error).message}` };
  }
}

/** OpenSSL does not mind a key of another kind than the certificate's: then every handshake would fail. */
function checked({ id, chain, key }: CertificateConfiguration): X509Certificate {
  const certificate = new X509Certificate(chain);
  if (certificate.checkPrivateKey(createPrivateKey(key ?? ''))) return certificate;
  throw new Error(`the private key of certificate ${id} belongs to another one`);
}

function missing(id: string | null): TlsProblem {
  return {
    problem: `certificate ${id} has no private key that can be read; send its private_key again`,
  };
}

function pairs(shown: readonly CertificateConfiguration[]): { cert: string[]; key: string[] } {
  return { cert: shown.map(({ chain }) => chain), key: shown.flatMap(({ key }) => key ?? []) };
}

/** One context per name: with a certificate of each kind of key if there are several, of which a client gets the best. */
function contextsByName(
  certificates: readonly CertificateConfiguration[],
  contextOf: (shown: readonly CertificateConfiguration[]) => SecureContext,
): Map<string, SecureContext> {
  const shownFor = new Map<string, CertificateConfiguration[]>();
  for (const each of certificates) {
    for (const name of each.names) shownFor.set(name, [...(shownFor.get(name) ?? []), each]);
  }
  const made = new Map<string, SecureContext>();
  return new Map(
    [...shownFor].map(([name, shown]) => {
      const key = shown.map(({ id }) => id).join();
      const context = made.get(key) ?? contextOf(shown);
      made.set(key, context);
      return [name, context];
    }),
  );
}
