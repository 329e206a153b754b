import {
  constants,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import { BodyReader } from '../http/body-reader.ts';
import { BodyKind } from '../http/framing.ts';
import type { ResponseContext, ResponseHead } from '../http/response-head.ts';
import { ResponseReader } from '../http/response-reader.ts';
import { fieldsOf } from './field-lines.ts';

const NOTHING = Buffer.alloc(0);

/** Reads a response of HTTP/1.1 and sends it on a stream of HTTP/2. */
export class ResponseTranslator {
  /** The whole response has been handed to the stream. */
  isDone = false;
  readonly #stream: ServerHttp2Stream;
  readonly #context: ResponseContext;
  readonly #reader = new ResponseReader();
  #partialHead: Buffer = NOTHING;
  #body: BodyReader | null = null;
  #endsWithConnection = false;

  constructor(stream: ServerHttp2Stream, isHead: boolean) {
    this.#stream = stream;
    this.#context = {
      isHead,
      clientMinor: 1,
      upgrades: false,
      replacesCrossOrigin: false,
      watchedCookie: null,
    };
    this.#reader.begin();
  }

  /**
   * Takes the next bytes of the response. The stream keeps them until `onSent`, which is called when it can take more.
   * False when they are no response: nothing more may be written.
   */
  write(bytes: Buffer, onSent: () => void): boolean {
    let rest = bytes;
    while (this.#body === null && !this.isDone) {
      const buffer = this.#partialHead.length === 0 ? rest : Buffer.concat([this.#partialHead, rest]);
      const end = this.#reader.read(buffer, buffer.length, this.#context);
      const { head } = this.#reader;
      if (end === -1) return false;
      if (end === 0 || head === null) {
        this.#partialHead = Buffer.from(buffer);
        onSent();
        return true;
      }
      this.#partialHead = NOTHING;
      rest = buffer.subarray(end);
      this.#sendHead(head);
      if (rest.length === 0 && this.#body === null) {
        onSent();
        return true;
      }
    }
    return this.#sendBody(rest, onSent);
  }

  /** The response has ended with its connection; false when that cuts it short. */
  end(): boolean {
    if (this.isDone) return true;
    if (!this.#endsWithConnection) return false;
    this.isDone = true;
    this.#stream.end();
    return true;
  }

  #sendHead({ status, forwarded, framing }: ResponseHead): void {
    const lines = forwarded.toString('latin1');
    const fields: OutgoingHttpHeaders = fieldsOf(lines.slice(lines.indexOf('\r\n') + 2));
    fields[constants.HTTP2_HEADER_STATUS] = status;
    if (status < 200) {
      this.#reader.begin();
      this.#stream.additionalHeaders(fields);
      return;
    }
    const hasBody = framing.kind !== BodyKind.NONE;
    this.isDone = !hasBody;
    this.#endsWithConnection = framing.kind === BodyKind.UNTIL_CLOSE;
    // Only a chunked body can have trailers, which the stream then has to wait for.
    const waitForTrailers = framing.kind === BodyKind.CHUNKED;
    this.#stream.respond(fields, {
      endStream: !hasBody,
      waitForTrailers,
      sendDate: false,
    } as ServerStreamResponseOptions);
    if (!hasBody) return;
    this.#body = new BodyReader(framing, false);
    if (waitForTrailers) this.#stream.once('wantTrailers', () => this.#sendTrailers());
  }

  #sendBody(bytes: Buffer, onSent: () => void): boolean {
    const body = this.#body;
    const pieces: Buffer[] = [];
    if (body !== null && body.read(bytes, 0, bytes.length, pieces) === -1) return false;
    const data = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    this.isDone ||= body?.isDone === true;
    if (data.length > 0) this.#stream.write(data, () => onSent());
    else onSent();
    if (body !== null && this.isDone) this.#stream.end();
    return true;
  }

  #sendTrailers(): void {
    this.#stream.sendTrailers(fieldsOf(this.#body?.trailers.toString('latin1') ?? ''));
  }
}
