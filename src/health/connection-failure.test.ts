import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Phase, resultOfError } from './connection-failure.ts';
import { failed } from './probe.ts';

function outcome(phase: Phase, code: string): string {
  const result = resultOfError(phase, Object.assign(new Error(code), { code }), '127.0.0.1');
  return result.kind === 'failed' ? result.reason.reason_code : result.kind;
}

describe('what a socket error says of a member', () => {
  it('is nothing when this host is short of something', () => {
    for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAGAIN', 'EADDRNOTAVAIL']) {
      assert.equal(outcome('connecting', code), 'inconclusive', code);
    }
  });

  it('is CONNECT_FAILED when this host has no IPv6 address to reach an IPv6 member from', () => {
    const error = Object.assign(new Error('EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' });
    const loopback = { mac: '', internal: true, cidr: null, scopeid: 0 };
    const v4 = { ...loopback, address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4' as const };
    const v6 = { ...loopback, address: '::1', netmask: 'ffff::', family: 'IPv6' as const };
    const onV4Host = resultOfError('connecting', error, '2001:db8::1', () => ({ lo: [v4] }));
    assert.deepEqual(onV4Host, failed('CONNECT_FAILED'));
    const onV6Host = resultOfError('connecting', error, '2001:db8::1', () => ({ lo: [v4, v6] }));
    assert.equal(onV6Host.kind, 'inconclusive');
  });

  it('depends on how far the attempt had come', () => {
    assert.equal(outcome('connecting', 'ECONNREFUSED'), 'CONNECT_REFUSED');
    assert.equal(outcome('connecting', 'ETIMEDOUT'), 'CONNECT_TIMEOUT');
    for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM', 'EAFNOSUPPORT']) {
      assert.equal(outcome('connecting', code), 'CONNECT_FAILED', code);
    }
    assert.equal(outcome('sending', 'EHOSTUNREACH'), 'SEND_REQUEST_FAILED');
    assert.equal(outcome('awaiting-answer', 'EHOSTUNREACH'), 'RECV_RESPONSE_FAILED');
    assert.equal(outcome('reading-answer', 'ECONNRESET'), 'RECV_RESPONSE_FAILED');
  });

  it('is an interruption when the peer cut the connection, whichever call noticed', () => {
    for (const phase of ['connecting', 'handshaking', 'awaiting-answer'] as const) {
      assert.equal(outcome(phase, 'ECONNRESET'), 'CONNECT_INTERRUPT');
      assert.equal(outcome(phase, 'EPIPE'), 'CONNECT_INTERRUPT');
    }
    assert.equal(outcome('sending', 'ECONNRESET'), 'SEND_REQUEST_FAILED', 'some of the request was not sent');
  });

  it('is SSL_HANDSHAKE_ERROR for a fault of TLS, also one told after the handshake', () => {
    for (const phase of ['handshaking', 'awaiting-answer'] as const) {
      assert.equal(outcome(phase, 'ERR_SSL_WRONG_VERSION_NUMBER'), 'SSL_HANDSHAKE_ERROR');
      assert.equal(outcome(phase, 'EPROTO'), 'SSL_HANDSHAKE_ERROR');
    }
  });
});
