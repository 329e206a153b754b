import type { Exchange } from './connection-attempt.ts';
import type { MonitorSettings } from './monitor.ts';
import type { FailureReason } from './probe.ts';

/** The contents that a monitor has probes compare, as bytes; null for one that it leaves out. */
export interface ContentCheck {
  readonly send: Buffer | null;
  readonly receive: Buffer | null;
}

/** What a monitor has probes compare, or null when it has them compare nothing. */
export function contentCheck(monitor: MonitorSettings): ContentCheck | null {
  const { content_check_enable, send_content, receive_content, content_format } = monitor;
  if (!content_check_enable) return null;
  const encoding = content_format === 'HEX' ? 'hex' : 'utf8';
  const bytes = (content: string | null) => (content === null ? null : Buffer.from(content, encoding));
  return { send: bytes(send_content), receive: bytes(receive_content) };
}

/** Content that is not the expected one has no status code, so it cannot be called a mismatch (the list page, table 8). */
const otherContent: FailureReason = {
  reason_code: 'RESPONSE_FORMAT_ERROR',
  expected_response: null,
  healthcheck_response: null,
};

/** A content check over a stream: since nothing marks the end of an answer, it must begin with what is expected. */
export class ContentExchange implements Exchange {
  readonly request: string;
  readonly #expected: string;
  #received = '';

  constructor(send: Buffer | null, receive: Buffer) {
    this.request = send?.toString('latin1') ?? '';
    this.#expected = receive.toString('latin1');
  }

  receive(piece: string): FailureReason | 'passed' | undefined {
    this.#received += piece;
    if (this.#received.startsWith(this.#expected)) return 'passed';
    return this.#expected.startsWith(this.#received) ? undefined : otherContent;
  }
}
