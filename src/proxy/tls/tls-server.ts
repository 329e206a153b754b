import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import type {
  CertificateConfiguration,
  ListenerConfiguration,
  TlsSettings,
} from '../../dataplane/configuration.ts';
import { ServerNames } from '../../dataplane/matching/server-names.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { ClientHello } from './client-hello.ts';
import { protocolOptions, sessionContext } from './tls-options.ts';

/** What handshakes of a listener are made with. */
export interface TlsContexts {
  /** Listen to nothing: connections are given to them by their event `connection`. */
  readonly servers: readonly Server[];
  /** Whether `serverFor` must know what the client offers. */
  readonly needsHello: boolean;
  serverFor(hello: ClientHello | null): Server;
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
    const serverOf = (shown: readonly CertificateConfiguration[], more: TlsOptions): Server => {
      const server = createServer({
        ...common,
        ...pairs(shown),
        requestCert: authority !== null,
        rejectUnauthorized: authority !== null,
        // Whoever relays bytes cannot know what the member speaks.
        ...(listener.http === null
          ? {}
          : { ALPNProtocols: settings.http2 ? ['h2', 'http/1.1'] : ['http/1.1'] }),
        ...more,
      });
      server.on('secureConnection', onSecure);
      server.on('tlsClientError', (_error, socket) => onFailed(socket));
      return server;
    };
    const named = byName(own, (shown) =>
      shown.length === 1
        ? { context: createSecureContext({ ...common, ...pairs(shown) }) }
        : { server: serverOf(shown, {}) },
    );
    const names = new ServerNames(named, settings.nameMatch);
    const SNICallback: TlsOptions['SNICallback'] = (name, done) => done(null, names.find(name)?.context);
    // Node interrupts every handshake for it: only where there is something to find.
    const server = serverOf([fallback], named.size > 0 ? { SNICallback } : {});
    const others = new Set([...named.values()].flatMap((each) => each.server ?? []));
    return {
      servers: [server, ...others],
      needsHello: others.size > 0,
      serverFor: (hello) => names.find(hello?.serverName ?? '')?.server ?? server,
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
    problem: `certificate ${id} or its private key is not there; send the certificate's private_key again`,
  };
}

function pairs(shown: readonly CertificateConfiguration[]): { cert: string[]; key: string[] } {
  return { cert: shown.map(({ chain }) => chain), key: shown.flatMap(({ key }) => key ?? []) };
}

/**
 * What shows the certificates of a name. Node's own way by server name shows one; several, one for each kind of key, of
 * which a client gets the best that it can take, need a server of their own.
 */
interface Shown {
  readonly context?: SecureContext;
  readonly server?: Server;
}

function byName(
  certificates: readonly CertificateConfiguration[],
  make: (shown: readonly CertificateConfiguration[]) => Shown,
): Map<string, Shown> {
  const shownFor = new Map<string, CertificateConfiguration[]>();
  for (const each of certificates) {
    for (const name of each.names) shownFor.set(name, [...(shownFor.get(name) ?? []), each]);
  }
  const made = new Map<string, Shown>();
  return new Map(
    [...shownFor].map(([name, shown]) => {
      const key = shown.map(({ id }) => id).join();
      const found = made.get(key) ?? make(shown);
      made.set(key, found);
      return [name, found];
    }),
  );
}
