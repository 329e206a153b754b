import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { ConnectionAttempt } from './connection-attempt.ts';
import { resultOfEnd } from './connection-failure.ts';
import { type ExpectedCodes, failureOfCode } from './expected-codes.ts';
import { GrpcAnswer } from './grpc-answer.ts';
import { hostHeader } from './http-probe.ts';
import { failed, type ProbeResult, type ProbeTarget } from './probe.ts';

/** What a gRPC probe calls. */
export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Whether the answer is that of the standard health service, which says more than its status. */
  readonly isStandard: boolean;
  readonly expected: ExpectedCodes;
}

/** A message of no bytes, not compressed, as HealthCheckRequest for the whole server is. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** A probe by one gRPC call over HTTP/2 with prior knowledge (RFC 9113 section 3.3). */
export class GrpcAttempt extends ConnectionAttempt {
  readonly #call: GrpcCall;
  readonly #authority: string;
  readonly #answer = new GrpcAnswer();
  #session: ClientHttp2Session | undefined;
  #isTaken = false;

  constructor(target: ProbeTarget, call: GrpcCall, finished: (result: ProbeResult) => void) {
    super(target, null, finished);
    this.#call = call;
    this.#authority = hostHeader(target.host);
  }

  /** The session reads. */
  protected override reading(): Record<never, never> {
    return {};
  }

  protected override connected(): void {
    const session = connect(`http://${this.#authority || 'member'}`, { createConnection: () => this.socket });
    this.#session = session;
    session.on('error', (error) => this.failed(error));
    session.on('close', () => this.ended());
    // It has acknowledged what was sent before the request.
    session.on('localSettings', () => {
      this.#isTaken = true;
    });
    this.phase = 'awaiting-answer';
    const stream = session.request({
      ':method': 'POST',
      ':path': this.#call.path,
      ...(this.#authority ? { ':authority': this.#authority } : {}),
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'elbow-health',
    });
    stream.on('response', (headers) => this.#answered(headers));
    stream.on('data', (piece: Buffer) => this.#answer.push(piece));
    stream.on('trailers', (headers) => this.#answer.end(headers));
    stream.on('error', (error) => this.failed(error));
    stream.on('close', () => this.#closed(stream.rstCode));
    stream.end(EMPTY_MESSAGE);
  }

  protected override close(): void {
    super.close();
    this.#session?.destroy();
  }

  /** A peer that has not even acknowledged our settings has read nothing of what was sent after them. */
  protected override resultOfSilence(): ProbeResult {
    const isUnread = this.phase === 'awaiting-answer' && !this.#isTaken;
    return isUnread ? failed('SEND_REQUEST_TIMEOUT') : super.resultOfSilence();
  }

  protected override failed(error: NodeJS.ErrnoException): void {
    // Its code comes with the close of the stream.
    if (error.code === 'ERR_HTTP2_STREAM_ERROR') return;
    if (error.code?.startsWith('ERR_HTTP2_')) this.finish(failed('RESPONSE_FORMAT_ERROR'));
    else super.failed(error);
  }

  /** The end of the socket is also that of the stream, which knows how far the answer had come. */
  protected override ended(): void {
    if (this.phase === 'connecting') super.ended();
  }

  #answered(headers: IncomingHttpHeaders): void {
    this.phase = 'reading-answer';
    this.#answer.begin(headers);
  }

  #closed(code: number | undefined): void {
    if (code === constants.NGHTTP2_REFUSED_STREAM) this.finish(failed('SEND_REQUEST_FAILED'));
    else if (code === constants.NGHTTP2_NO_ERROR && this.phase === 'reading-answer') this.#judge();
    else if (code === constants.NGHTTP2_NO_ERROR || code === constants.NGHTTP2_CANCEL)
      this.finish(resultOfEnd(this.phase));
    else this.finish(failed('RECV_RESPONSE_FAILED'));
  }

  #judge(): void {
    const status = this.#answer.status(this.#call.isStandard);
    if (status === null) {
      this.finish(failed('RESPONSE_FORMAT_ERROR'));
      return;
    }
    const reason = failureOfCode(this.#call.expected, status);
    if (reason) this.finish({ kind: 'failed', reason });
    else this.pass();
  }
}
