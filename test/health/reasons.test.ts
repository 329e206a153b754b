/** The table of reasons: each provoked, for every type that can have it, by a peer that misbehaves in exactly that way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionAttempt } from '../../src/health/connection-attempt.ts';
import type { MonitorSettings, MonitorType } from '../../src/health/monitor.ts';
import type { Attempt, ProbeResult, ProbeTarget, ReasonCode } from '../../src/health/probe.ts';
import { createProbe } from '../../src/health/probes.ts';
import { TlsAttempt } from '../../src/health/tls-attempt.ts';
import { wordsOf } from '../../src/model/field.ts';
import { FailureReason } from '../../src/model/member.ts';
import {
  answering,
  closedPort,
  forbiddenAddress,
  fullBacklog,
  grpcAnswering,
  http2Leaver,
  http2Peer,
  type Peer,
  tcpPeer,
  tlsPeer,
  udpPeer,
} from './peers.ts';

/** Long enough that a busy machine is not taken for a stalled event loop. */
const shortMs = 800;
const longMs = 10_000;

const settings: MonitorSettings = {
  ...{ id: 'monitor', monitor_port: null },
  type: 'TCP',
  ...{ delay: 5, timeout: 3, max_retries: 3, max_retries_down: 3 },
  ...{ http_method: 'GET', url_path: '/', http_version: null, expected_codes: '200-204,301' },
  ...{ content_check_enable: false, send_content: null, receive_content: null, content_format: 'TEXT' },
};

interface Case {
  readonly type: MonitorType;
  readonly reason: ReasonCode;
  /** What the peer does. */
  readonly by: string;
  readonly peer: () => Promise<Peer>;
  readonly monitor?: Partial<MonitorSettings>;
  /** A probe of its own, where the monitor's would not do. */
  readonly begin?: (target: ProbeTarget, finished: (result: ProbeResult) => void) => Attempt;
}

const contents = { content_check_enable: true, send_content: 'ping', receive_content: 'pong' };

/** The contents that a TCP monitor compares, as an exchange like HTTP's. */
const overConnections: readonly (readonly [MonitorType, Partial<MonitorSettings>])[] = [
  ['TCP', contents],
  ['TLS', {}],
  ['HTTP', {}],
  ['HTTPS', {}],
  ['GRPC', { expected_codes: '0' }],
];

const toConnect: readonly Case[] = overConnections.flatMap(([type, monitor]): Case[] => [
  { type, monitor, reason: 'CONNECT_REFUSED', by: 'listening on another port', peer: () => closedPort() },
  {
    type,
    monitor,
    reason: 'CONNECT_FAILED',
    by: 'having an address without a route',
    peer: forbiddenAddress,
  },
  { type, monitor, reason: 'CONNECT_TIMEOUT', by: 'never accepting', peer: fullBacklog },
  {
    ...{ type, monitor, reason: 'CONNECT_INTERRUPT', by: 'resetting what it accepted' },
    peer: () => tcpPeer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  },
  {
    ...{ type, monitor, reason: 'CONNECT_INTERRUPT', by: 'closing without a word' },
    peer: () => tcpPeer((socket) => socket.resume().end()),
  },
]);

/** A health check's own request fits into the buffers of the kernels between, so it takes a huge one to show this. */
const huge = { request: 'x'.repeat(16 * 1024 * 1024), receive: () => undefined };

const withTheRequest: readonly Case[] = [
  {
    ...{ type: 'HTTP', reason: 'SEND_REQUEST_TIMEOUT', by: 'never reading' },
    peer: () => tcpPeer((socket) => socket.pause()),
    begin: (target, finished) => new ConnectionAttempt(target, huge, finished),
  },
  {
    ...{ type: 'HTTPS', reason: 'SEND_REQUEST_TIMEOUT', by: 'never reading after the handshake' },
    peer: () => tlsPeer((socket) => socket.pause()),
    begin: (target, finished) => new TlsAttempt(target, huge, finished),
  },
  {
    ...{ type: 'GRPC', reason: 'SEND_REQUEST_TIMEOUT', by: 'never reading' },
    peer: () => tcpPeer((socket) => socket.pause()),
  },
  {
    ...{ type: 'HTTP', reason: 'SEND_REQUEST_FAILED', by: 'resetting in the middle of the request' },
    peer: () => tcpPeer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    begin: (target, finished) => new ConnectionAttempt(target, huge, finished),
  },
  {
    ...{ type: 'HTTPS', reason: 'SEND_REQUEST_FAILED', by: 'resetting in the middle of the request' },
    peer: () => tlsPeer((socket, cut) => socket.once('data', cut)),
    begin: (target, finished) => new TlsAttempt(target, huge, finished),
  },
  {
    ...{
      type: 'GRPC',
      reason: 'SEND_REQUEST_FAILED',
      by: 'refusing the request (RST_STREAM REFUSED_STREAM)',
    },
    peer: () => http2Peer((stream) => stream.close(7)),
  },
  {
    ...{ type: 'GRPC', reason: 'SEND_REQUEST_FAILED', by: 'going away before the request (GOAWAY 0)' },
    peer: http2Leaver,
  },
];

const withTheAnswer: readonly Case[] = [
  ...(
    [
      ['TCP', contents, 'po', 'gong'],
      ['HTTP', {}, 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 2'],
    ] as const
  ).flatMap(([type, monitor, half, wrong]): Case[] => [
    {
      ...{ type, monitor, reason: 'RECV_RESPONSE_TIMEOUT', by: 'never answering' },
      peer: () => tcpPeer((socket) => socket.resume()),
    },
    {
      ...{ type, monitor, reason: 'RECV_RESPONSE_TIMEOUT', by: 'stopping in the middle of its answer' },
      peer: () => tcpPeer(answering(half)),
    },
    {
      ...{ type, monitor, reason: 'RECV_RESPONSE_FAILED', by: 'resetting in the middle of its answer' },
      peer: () => tcpPeer(answering(half, (socket) => socket.resetAndDestroy())),
    },
    {
      ...{ type, monitor, reason: 'RESPONSE_FORMAT_ERROR', by: 'answering something else, or half a line' },
      peer: () => tcpPeer(answering(wrong, (socket) => socket.end())),
    },
  ]),
  {
    ...{ type: 'HTTPS', reason: 'RECV_RESPONSE_TIMEOUT', by: 'never answering' },
    peer: () => tlsPeer((socket) => socket.resume()),
  },
  {
    ...{ type: 'HTTPS', reason: 'RECV_RESPONSE_FAILED', by: 'resetting in the middle of its answer' },
    peer: () => tlsPeer((socket, cut) => answering('HTTP/1.1 200 OK\r\n', cut)(socket)),
  },
  {
    ...{ type: 'HTTPS', reason: 'RESPONSE_FORMAT_ERROR', by: 'ending in half a status line' },
    peer: () => tlsPeer(answering('HTTP/1.1 2', (socket) => socket.end())),
  },
  {
    ...{ type: 'HTTPS', reason: 'CONNECT_INTERRUPT', by: 'resetting after the handshake' },
    peer: () => tlsPeer((socket, cut) => socket.once('data', cut)),
  },
  {
    ...{ type: 'GRPC', reason: 'RECV_RESPONSE_TIMEOUT', by: 'never answering' },
    peer: () => http2Peer(() => {}),
  },
  {
    ...{ type: 'GRPC', reason: 'RECV_RESPONSE_TIMEOUT', by: 'stopping after the headers of its answer' },
    peer: () => http2Peer((stream) => stream.respond({ 'content-type': 'application/grpc' })),
  },
  {
    ...{ type: 'GRPC', reason: 'RECV_RESPONSE_FAILED', by: 'resetting the stream with INTERNAL_ERROR' },
    peer: () => http2Peer((stream) => stream.close(2)),
  },
  {
    ...{ type: 'GRPC', reason: 'RECV_RESPONSE_FAILED', by: 'resetting in the middle of its answer' },
    peer: () =>
      http2Peer((stream, cut) => {
        stream.respond({ 'content-type': 'application/grpc' });
        stream.write('x', () => setTimeout(cut, 20));
      }),
  },
  {
    ...{ type: 'GRPC', reason: 'RESPONSE_FORMAT_ERROR', by: 'answering HTTP/1.1' },
    peer: () => tcpPeer(answering('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
  },
  {
    ...{ type: 'GRPC', reason: 'RESPONSE_FORMAT_ERROR', by: 'answering 200 without a grpc-status' },
    peer: () => http2Peer((stream) => stream.respond({ ':status': 200 }, { endStream: true })),
  },
  ...(['TLS', 'HTTPS'] as const).flatMap((type): Case[] => [
    {
      ...{ type, reason: 'SSL_HANDSHAKE_ERROR', by: 'answering the handshake in plain text' },
      peer: () => tcpPeer(answering('HTTP/1.1 400 Bad Request\r\n\r\n')),
    },
    {
      ...{ type, reason: 'SSL_HANDSHAKE_ERROR', by: 'never answering the handshake' },
      peer: () => tcpPeer((socket) => socket.resume()),
    },
  ]),
  {
    ...{ type: 'HTTPS', reason: 'SSL_HANDSHAKE_ERROR', by: 'asking for a certificate that no probe has' },
    peer: () => tlsPeer(() => {}, { requestCert: true, rejectUnauthorized: true }),
  },
  {
    ...{ type: 'HTTP', reason: 'RESPONSE_MISMATCH', by: 'answering 503' },
    peer: () => tcpPeer(answering('HTTP/1.1 503 Service Unavailable\r\n\r\n')),
  },
  {
    ...{ type: 'HTTPS', reason: 'RESPONSE_MISMATCH', by: 'answering 503' },
    peer: () => tlsPeer(answering('HTTP/1.1 503 Service Unavailable\r\n\r\n')),
  },
  {
    ...{
      type: 'GRPC',
      reason: 'RESPONSE_MISMATCH',
      by: 'answering UNAVAILABLE',
      monitor: { expected_codes: '0-5' },
    },
    peer: () => http2Peer(grpcAnswering(14)),
  },
];

const ofDatagrams: readonly Case[] = [
  {
    type: 'UDP_CONNECT',
    reason: 'CONNECT_REFUSED',
    by: 'having closed the port',
    peer: () => closedPort('udp'),
  },
  {
    type: 'UDP_CONNECT',
    reason: 'CONNECT_FAILED',
    by: 'having an address without a route',
    peer: forbiddenAddress,
  },
  {
    ...{ type: 'UDP_CONNECT', reason: 'RECV_RESPONSE_TIMEOUT', by: 'never answering', monitor: contents },
    peer: () => udpPeer(() => {}),
  },
  {
    ...{ type: 'UDP_CONNECT', reason: 'RESPONSE_FORMAT_ERROR', by: 'answering more', monitor: contents },
    peer: () => udpPeer((socket, _message, { port, address }) => socket.send('pong!', port, address)),
  },
];

const table = [...toConnect, ...withTheRequest, ...withTheAnswer, ...ofDatagrams];

/** Silence is what these are about. */
const waiting: readonly ReasonCode[] = ['CONNECT_TIMEOUT', 'SEND_REQUEST_TIMEOUT', 'RECV_RESPONSE_TIMEOUT'];

/** What a mismatch tells beside its code. */
const codesOf: Readonly<Partial<Record<MonitorType, readonly [string, string]>>> = {
  HTTP: ['200-204,301', '503'],
  HTTPS: ['200-204,301', '503'],
  GRPC: ['0-5', '14'],
};

/** A machine busy with other tests may hold up the event loop, and a probe then says nothing. */
async function conclusive(probe: () => Promise<ProbeResult>): Promise<ProbeResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await probe();
    if (result.kind !== 'inconclusive' || attempt === 5) return result;
  }
}

describe('the reasons of failed probes', { concurrency: 8 }, () => {
  for (const { type, reason, by, peer: start, monitor = {}, begin } of table) {
    it(`${type} gives ${reason} for a member ${by}`, async (t) => {
      if (reason === 'CONNECT_TIMEOUT' && process.platform !== 'linux') return t.skip('needs Linux');
      await using peer = await start();
      const isShort = waiting.includes(reason) || by.startsWith('never');
      const target = { ...peer, host: '127.64.0.5', timeoutMs: isShort ? shortMs : longMs };
      const probe = begin ?? createProbe({ ...settings, type, ...monitor });
      const result = await conclusive(() => new Promise((resolve) => probe(target, resolve)));
      const [expected_response, healthcheck_response] =
        reason === 'RESPONSE_MISMATCH' ? (codesOf[type] ?? []) : [null, null];
      assert.deepEqual(result, {
        kind: 'failed',
        reason: { reason_code: reason, expected_response, healthcheck_response },
      });
    });
  }

  it('are all in the table', () => {
    const words = wordsOf({ schema: FailureReason.properties.reason_code });
    assert.deepEqual(new Set(table.map(({ reason }) => reason)), new Set(words));
  });
});
