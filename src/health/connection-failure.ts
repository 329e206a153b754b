import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { failed, type ProbeResult } from './probe.ts';

/** How far an attempt has come. */
export type Phase = 'connecting' | 'handshaking' | 'sending' | 'awaiting-answer' | 'reading-answer';

/** Errors that tell of a shortage on this host and nothing of the member. */
const OWN_SHORTAGES: ReadonlySet<string | undefined> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EAGAIN',
  'EADDRNOTAVAIL',
]);

/** Errors by which the peer cut the connection; whether a read or a write meets it first is chance. */
const INTERRUPTIONS: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/**
 * What a socket error in a phase says of the member at `address`.
 *
 * EADDRNOTAVAIL means that the ephemeral ports are used up, but also, and for good, that this host has no IPv6
 * address from which an IPv6 member could be reached (as in many containers): `interfaces` tells which.
 */
export function resultOfError(
  phase: Phase,
  error: NodeJS.ErrnoException,
  address: string,
  interfaces = networkInterfaces,
): ProbeResult {
  const hasNoSource = error.code === 'EADDRNOTAVAIL' && isIPv6(address) && !hasIPv6(interfaces());
  if (OWN_SHORTAGES.has(error.code) && !hasNoSource) {
    return { kind: 'inconclusive', cause: error.message };
  }
  if (phase === 'reading-answer') {
    return failed('RECV_RESPONSE_FAILED');
  }
  if (isOfTls(error)) {
    return failed('SSL_HANDSHAKE_ERROR');
  }
  if (INTERRUPTIONS.has(error.code)) {
    return failed(phase === 'sending' ? 'SEND_REQUEST_FAILED' : 'CONNECT_INTERRUPT');
  }
  switch (phase) {
    case 'connecting':
      return failed(CONNECT_ERRORS[error.code ?? ''] ?? 'CONNECT_FAILED');
    case 'handshaking':
      return failed('SSL_HANDSHAKE_ERROR');
    case 'sending':
      return failed('SEND_REQUEST_FAILED');
    case 'awaiting-answer':
      return failed('RECV_RESPONSE_FAILED');
  }
}

const CONNECT_ERRORS: { readonly [code: string]: 'CONNECT_REFUSED' | 'CONNECT_TIMEOUT' | undefined } = {
  ECONNREFUSED: 'CONNECT_REFUSED',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
};

/** What the end of the peer's data says when the answer is not complete. */
export function resultOfEnd(phase: Phase): ProbeResult {
  return failed(phase === 'reading-answer' ? 'RESPONSE_FORMAT_ERROR' : 'CONNECT_INTERRUPT');
}

/** What the end of the attempt's time says. */
export function resultOfTimeout(phase: Phase): ProbeResult {
  switch (phase) {
    case 'connecting':
      return failed('CONNECT_TIMEOUT');
    case 'handshaking':
      return failed('SSL_HANDSHAKE_ERROR');
    case 'sending':
      return failed('SEND_REQUEST_TIMEOUT');
    case 'awaiting-answer':
    case 'reading-answer':
      return failed('RECV_RESPONSE_TIMEOUT');
  }
}

/** With TLS 1.3 a member may refuse us after the handshake is over for us, as for want of a certificate. */
function isOfTls({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPROTO' || code?.startsWith('ERR_SSL_') === true;
}

function hasIPv6(interfaces: ReturnType<typeof networkInterfaces>): boolean {
  return Object.values(interfaces).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));
}
