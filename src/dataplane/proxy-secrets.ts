import type { OpenKey } from './compile-tls.ts';
import type { SessionKeys } from './session-keys.ts';

/** What proxies must know and the tables do not tell. */
export interface ProxySecrets {
  readonly sessionKeys: SessionKeys;
  /** The private keys of certificates are sealed in the store. */
  readonly openKey: OpenKey;
}
