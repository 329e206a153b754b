import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { HttpServing } from '../http/http-serving.ts';
import { HEAD_BYTES } from '../http/limits.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import { Deadline, type DeadlineOwner } from '../time/deadlines.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';
import { CONNECTION_WINDOW_BYTES, sessionLimits } from './limits.ts';
import { composeRequestHead } from './request-head.ts';
import { type Ends, StreamSocket } from './stream-socket.ts';

/** What an HTTP/2 connection needs of the listener it came through. */
export interface Http2Serving extends HttpServing {
  /** Serves the one request of a stream. */
  serveStream(socket: ClientSocket, tls: TlsFacts): void;
}

/** A client connection on which HTTP/2 was agreed upon. Framing is Node's; each stream is served as a connection. */
export class Http2Connection implements DeadlineOwner {
  readonly #serving: Http2Serving;
  readonly #tls: TlsFacts;
  readonly #session: ServerHttp2Session;
  readonly #ends: Ends;
  readonly #deadline: Deadline = new Deadline(this);
  #openStreams = 0;

  constructor(tls: TlsFacts, serving: Http2Serving) {
    this.#serving = serving;
    this.#tls = tls;
    const { remoteAddress, remotePort, localAddress, localPort } = tls.socket;
    this.#ends = { remoteAddress, remotePort, localAddress, localPort };
    const session = performServerHandshake(tls.socket, {
      ...sessionLimits,
      settings: { ...sessionLimits.settings, maxHeaderListSize: HEAD_BYTES },
    });
    this.#session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('stream', (stream, _headers, flags, rawHeaders) => {
      this.#onStream(stream, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, rawHeaders as string[]);
    });
    // Sockets of ours stay open for sending, and then Node does not close the session. A client that sends no more can
    // not grant what it would have to be sent either.
    tls.socket.on('end', () => session.destroy());
    // 'close' always follows.
    session.on('error', () => {});
    session.on('close', () => this.#onClose());
    serving.deadlines.arm(this.#deadline, serving.settings.clientTimeoutMs);
  }

  /** Takes no new requests; the connection ends with the last one. */
  drain(): void {
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  /** No request for as long as a connection may rest. */
  onDeadline(): void {
    this.#session.close();
  }

  #onStream(stream: ServerHttp2Stream, endsHere: boolean, fields: readonly string[]): void {
    stream.on('error', () => {});
    const head = composeRequestHead(fields, endsHere);
    if (typeof head === 'number') {
      stream.respond({ [constants.HTTP2_HEADER_STATUS]: head }, { endStream: true });
      // Closed at once, it would take the answer with it; a body that is still to come is not read.
      stream.once('finish', () => setImmediate(() => stream.close()));
      return;
    }
    const socket = new StreamSocket(stream, head, this.#ends);
    this.#openStreams += 1;
    this.#serving.deadlines.disarm(this.#deadline);
    socket.on('close', () => this.#onStreamClosed());
    this.#serving.serveStream(socket, this.#tls);
  }

  #onStreamClosed(): void {
    this.#openStreams -= 1;
    if (this.#openStreams > 0) return;
    const { keepaliveTimeoutMs } = this.#serving.configuration;
    if (keepaliveTimeoutMs === 0 || this.#serving.isDraining) this.#session.close();
    else this.#serving.deadlines.arm(this.#deadline, keepaliveTimeoutMs);
  }

  #onClose(): void {
    this.#serving.deadlines.remove(this.#deadline);
    this.#serving.release(this);
  }
}
