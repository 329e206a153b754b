/** TLS versions and cipher suites by the names of the API, and which go together (rules digest 2.10). */

export const tlsProtocols = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

export type TlsProtocol = (typeof tlsProtocols)[number];

/** The suites that a security policy may name. */
export const cipherNames = [
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'AES128-SHA256',
  'AES256-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'AES128-SHA',
  'AES256-SHA',
  'CAMELLIA128-SHA',
  'DES-CBC3-SHA',
  'CAMELLIA256-SHA',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
] as const;

/**
 * The versions that know a suite: those named TLS_ are of TLS 1.3 alone (RFC 8446 B.4), those that authenticate by
 * SHA-1 are older than TLS 1.2 and go on in it, all others came with TLS 1.2 (RFC 5246).
 */
export function protocolsOf(cipher: string): readonly TlsProtocol[] {
  if (cipher.startsWith('TLS_')) return ['TLSv1.3'];
  return cipher.endsWith('-SHA') ? ['TLSv1', 'TLSv1.1', 'TLSv1.2'] : ['TLSv1.2'];
}
