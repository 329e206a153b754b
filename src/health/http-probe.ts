import { isIPv6 } from 'node:net';
import { ConnectionAttempt, type Exchange } from './connection-attempt.ts';
import { type ExpectedCodes, failureOfCode, parseExpectedCodes } from './expected-codes.ts';
import type { MonitorSettings } from './monitor.ts';
import type { FailureReason, Probe } from './probe.ts';
import { StatusLineReader } from './status-line-reader.ts';
import { TlsAttempt } from './tls-attempt.ts';

/** HTTP: the member passes when it answers in time with one of the expected codes. */
export function createHttpProbe(monitor: MonitorSettings): Probe {
  return probeOver(ConnectionAttempt, monitor);
}

/** HTTPS: the same over TLS. */
export function createHttpsProbe(monitor: MonitorSettings): Probe {
  return probeOver(TlsAttempt, monitor);
}

function probeOver(Attempt: typeof ConnectionAttempt, monitor: MonitorSettings): Probe {
  const method = monitor.http_method ?? 'GET';
  const version = monitor.http_version ?? 'HTTP/1.1';
  const expected = parseExpectedCodes(monitor.expected_codes ?? '200');
  const start = `${method} ${monitor.url_path ?? '/'} ${version}\r\nHost: `;
  // RFC 9110 section 8.6: a POST without content says so.
  const length = method === 'POST' ? 'Content-Length: 0\r\n' : '';
  const rest = `\r\nUser-Agent: elbow-health\r\nAccept: */*\r\n${length}Connection: close\r\n\r\n`;
  return (target, finished) => {
    const request = start + hostHeader(target.host) + rest;
    return new Attempt(target, new HttpExchange(request, expected), finished);
  };
}

/** A host as HTTP names it (RFC 9110 section 7.2). */
export function hostHeader(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

class HttpExchange implements Exchange {
  readonly request: string;
  readonly #expected: ExpectedCodes;
  readonly #reader = new StatusLineReader();

  constructor(request: string, expected: ExpectedCodes) {
    this.request = request;
    this.#expected = expected;
  }

  receive(piece: string): FailureReason | 'passed' | undefined {
    const code = this.#reader.push(piece);
    if (code === undefined) {
      return undefined;
    }
    if (code === 'malformed') {
      return { reason_code: 'RESPONSE_FORMAT_ERROR', expected_response: null, healthcheck_response: null };
    }
    return failureOfCode(this.#expected, code) ?? 'passed';
  }
}
