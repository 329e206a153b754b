import { constants, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { CHUNKED_END, chunkAround } from '../http/chunk-writer.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import { linesOf } from './field-lines.ts';
import type { RequestHead } from './request-head.ts';
import { ResponseTranslator } from './response-translator.ts';

/** Where both ends of a connection are. */
export type Ends = Pick<ClientSocket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/**
 * One stream of HTTP/2 as a connection of HTTP/1.1 on which there is one request. Whoever serves it knows nothing of
 * streams, so policies, balancing, headers, limits and retries are the same for both. Flow control goes through: what
 * is not read is not granted to the client, and a write is done when the stream has sent it.
 */
export class StreamSocket extends Duplex implements ClientSocket {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #response: ResponseTranslator;
  readonly #isChunked: boolean;
  #trailers = '';

  constructor(stream: ServerHttp2Stream, { bytes, isHead, isChunked }: RequestHead, ends: Ends) {
    super({ allowHalfOpen: true });
    ({
      remoteAddress: this.remoteAddress,
      remotePort: this.remotePort,
      localAddress: this.localAddress,
      localPort: this.localPort,
    } = ends);
    this.#stream = stream;
    this.#response = new ResponseTranslator(stream, isHead);
    this.#isChunked = isChunked;
    this.push(bytes);
    stream.on('data', (data: Buffer) => this.#onData(data));
    stream.on('trailers', (fields) => {
      this.#trailers = linesOf(fields);
    });
    stream.on('end', () => this.#onEnd());
    stream.on('close', () => this.destroy());
    // Nothing more of this stream is of use to anyone, unlike of a connection.
    this.on('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      if (!this.#response.write(bytes, done)) this.destroy();
    } catch {
      // The stream was closed meanwhile, or Node does not take a header of the member's.
      this.destroy();
    }
  }

  override _final(done: () => void): void {
    if (this.#response.end()) done();
    else this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const stream = this.#stream;
    const close = () => stream.close(constants.NGHTTP2_NO_ERROR);
    if (!this.#response.isDone) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    // RFC 9113 8.1: a response that is whole may go out before the request is; NO_ERROR then says to stop sending.
    else if (!stream.readableEnded && stream.writableFinished) close();
    else if (!stream.readableEnded) stream.once('finish', close);
    done(error);
  }

  #onData(data: Buffer): void {
    if (!this.push(this.#isChunked ? chunkAround([data]) : data)) this.#stream.pause();
  }

  #onEnd(): void {
    // A stream that was reset ends as well; its request did not.
    if (this.#stream.aborted || this.#stream.rstCode) return;
    if (this.#isChunked) {
      this.push(this.#trailers === '' ? CHUNKED_END : Buffer.from(`0\r\n${this.#trailers}\r\n`, 'latin1'));
    }
    this.push(null);
  }
}
