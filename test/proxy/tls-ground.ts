/** Certificates made for a test run, listeners that show them, and clients that offer exactly what a test says. */
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import type { CertificateConfiguration, TlsSettings } from '../../src/dataplane/configuration.ts';
import { systemSecurityPolicies } from '../../src/model/system-security-policies.ts';
import { Peer } from './peer.ts';
import { type EngineSetup, RunningEngine } from './running-engine.ts';

export interface Pair {
  readonly cert: string;
  readonly private: string;
}

/** A self-signed certificate, or one of an authority. */
export function certificate(name: string, keyType: 'rsa' | 'ec' = 'ec', issuer?: Pair): Promise<Pair> {
  return generate([{ name: 'commonName', value: name }], {
    keyType,
    algorithm: 'sha256',
    ...(issuer ? { ca: { key: issuer.private, cert: issuer.cert } } : {}),
  });
}

/** A certificate that may issue others. */
export function authority(name: string): Promise<Pair> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

/** The configuration of a server's certificate. */
export function shown(id: string, pair: Pair, ...names: string[]): CertificateConfiguration {
  return { id, chain: pair.cert, key: pair.private, names };
}

/** The configuration of clients' authorities. */
export function trusted(id: string, { cert }: Pick<Pair, 'cert'>): CertificateConfiguration {
  return { id, chain: cert, key: null, names: [] };
}

/** The settings of a listener with the certificate `default`, by one of the documented policies. */
export function settings(policy = 'tls-1-2-fs-with-1-3', more: Partial<TlsSettings> = {}): TlsSettings {
  const found = systemSecurityPolicies.find(({ name }) => name === policy);
  if (found === undefined) throw new Error(`there is no policy ${policy}`);
  return {
    versions: found.protocols as TlsSettings['versions'],
    ciphers: found.ciphers,
    certificateId: 'default',
    namedCertificateIds: [],
    nameMatch: 'wildcard',
    clientAuthorityId: null,
    http2: false,
    ...more,
  };
}

export interface TlsSetup extends EngineSetup {
  readonly certificates: readonly CertificateConfiguration[];
  readonly tls?: TlsSettings;
}

/** An engine with an HTTPS listener, unless the setup says otherwise. */
export function startTls(t: TestContext, { tls = settings(), ...setup }: TlsSetup): Promise<RunningEngine> {
  return RunningEngine.start(t, { ...setup, listener: { tls, ...setup.listener } });
}

/** Options of a client that takes any certificate, offering what `offer` says. */
export function clientOptions(
  { address, port }: Pick<RunningEngine, 'address' | 'port'>,
  offer: ConnectionOptions,
): ConnectionOptions & { host: string; port: number; allowHalfOpen: boolean } {
  return { host: address, port, rejectUnauthorized: false, allowHalfOpen: true, ...offer };
}

/** A client whose handshake succeeded. */
export class TlsPeer extends Peer {
  readonly tls: TLSSocket;

  private constructor(socket: TLSSocket) {
    super(socket);
    this.tls = socket;
  }

  /** @throws the error that ended the handshake */
  static async open(proxy: RunningEngine, offer: ConnectionOptions = {}): Promise<TlsPeer> {
    const socket = connect(clientOptions(proxy, offer));
    const peer = new TlsPeer(socket);
    proxy.clients.push(peer);
    await once(socket, 'secureConnect');
    return peer;
  }

  /** The common name of the certificate that the proxy showed. */
  get shownName(): string {
    return String(this.tls.getPeerCertificate().subject?.CN);
  }
}

/** The code of the error that a client's handshake ends with; null when it succeeds. */
export async function refusal(proxy: RunningEngine, offer: ConnectionOptions): Promise<string | null> {
  try {
    (await TlsPeer.open(proxy, offer)).close();
    return null;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
