import { listenerCounters, memberCounters, poolCounters } from '../../observe/traffic-counts.ts';
import { count, countAnswer, countRequest } from '../counters/counting.ts';
import type { Member } from '../pools/member.ts';
import type { Pool } from '../pools/pool.ts';
import type { Session } from '../sessions/member-sessions.ts';
import { writeCopy } from '../sockets/read-buffer.ts';
import { Tunnel } from '../tunnel/tunnel.ts';
import { BodyReader } from './body-reader.ts';
import { CHUNKED_END, chunkAround } from './chunk-writer.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { BodyKind } from './framing.ts';
import { MemberConnection, type MemberReceiver } from './member-connection.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { ResponseContext, ResponseHead } from './response-head.ts';
import { TunnelReceiver } from './tunnel-receiver.ts';

/** A request as it goes to a member. */
export interface OutgoingRequest extends ResponseContext {
  /** Request line and header block. */
  readonly head: Buffer;
  readonly headers: RequestHeaders;
  readonly isIdempotent: boolean;
  /** Whose members may serve it; undefined when there is no such pool. */
  readonly pool: Pool | undefined;
  /** Null when the pool keeps no sessions. */
  readonly session: Session | null;
  /** Header lines that the answer gets, each with its end. */
  readonly answerLines: string;
}

/** Longest wait for a member to accept a connection, when the member timeout is not shorter. */
const CONNECT_TIMEOUT_MS = 5000;

/** Connections tried for one request. */
const ATTEMPTS = 3;

const Phase = { CONNECTING: 0, AWAITING: 1, RESPONDING: 2, OVER: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

const LINE_END = Buffer.from('\r\n', 'latin1');
const END_CLOSE = Buffer.from('Connection: close\r\n\r\n', 'latin1');
const END_KEEP_ALIVE = Buffer.from('Connection: keep-alive\r\n\r\n', 'latin1');

/** Scratch for the pieces of one read; empty between calls. */
const pieces: Buffer[] = [];

/**
 * One request and its response: picks a member, carries the bytes both ways, and decides what a failure means.
 *
 *     CONNECTING ──▶ AWAITING ──▶ RESPONDING ──▶ OVER
 *        ▲ │ failed    │ a waiting connection had died
 *        └─┴───────────┘ another attempt, while nothing is lost by it
 *
 * Longer than other files because it is one state machine: what a byte, an end or a timeout of one side means
 * depends on how far the other side is.
 */
export class Exchange implements MemberReceiver {
  readonly #client: ExchangeClient;
  readonly #request: OutgoingRequest;
  #phase: Phase = Phase.CONNECTING;
  #member: Member | null = null;
  #connection: MemberConnection | null = null;
  #attempts = 0;
  #tried: Set<Member> | undefined;

  /** Null when the request has no body. */
  readonly #requestBody: BodyReader | null;
  /** All that was sent to the member so far, while it is one piece: it can be sent again. */
  #sent: Buffer | null = null;
  #awaitsContinue: boolean;
  #clientIsPaused = false;

  /** The beginning of a response head that has not come whole. */
  #partialHead: Buffer | null = null;
  #response: ResponseHead | null = null;
  #responseBody: BodyReader | null = null;
  #memberIsPaused = false;
  #persists = false;
  /** When the request, or its beginning, was written to the member. */
  #sentAt = 0;

  constructor(client: ExchangeClient, request: OutgoingRequest) {
    this.#client = client;
    this.#request = request;
    const framing = request.headers.framing;
    this.#requestBody = framing.kind === BodyKind.NONE ? null : new BodyReader(framing, true);
    this.#awaitsContinue = request.headers.expectsContinue;
  }

  start(): void {
    this.#attempt(503);
  }

  get #requestIsDone(): boolean {
    return this.#requestBody === null || this.#requestBody.isDone;
  }

  /** Tries the next member; without one the client gets `status`. */
  #attempt(status: number): void {
    const serving = this.#client.serving;
    const { pool, session } = this.#request;
    const kept = this.#tried === undefined ? session?.member : undefined;
    const member = kept ?? pool?.pick(this.#client.address, this.#tried);
    if (member === undefined) {
      if (pool !== undefined && this.#tried === undefined) count(pool.counts, poolCounters.unserved);
      this.#fail(status);
      return;
    }
    this.#member = member;
    member.begin();
    const port = member.portFor(serving.configuration.port);
    this.#client.record?.attempt(pool?.id ?? '', member, port);
    const waiting = member.idle.take(port);
    if (waiting === null) {
      this.#connect(member);
    } else {
      this.#attempts += 1;
      this.#connection = waiting;
      waiting.resume(this);
      this.#send(waiting);
    }
  }

  #connect(member: Member): void {
    this.#attempts += 1;
    this.#phase = Phase.CONNECTING;
    const serving = this.#client.serving;
    const port = member.portFor(serving.configuration.port);
    this.#connection = new MemberConnection(member, port, serving.deadlines, this);
    this.#client.armDeadline(Math.min(CONNECT_TIMEOUT_MS, serving.settings.memberTimeoutMs));
  }

  /** No connection came about: nothing was sent, so another member may serve the request. */
  #failConnect(status: number): void {
    const member = this.#dropMember();
    if (member !== null) count(member.counts, memberCounters.failuresConnect);
    // Rules digest 4.3: a client that belongs to a member waits for no other one.
    const isKept = status === 504 && member !== null && this.#request.session?.member === member;
    const mayRetry = this.#client.serving.settings.memberRetry && !isKept && this.#attempts < ATTEMPTS;
    if (!mayRetry || member === null) {
      this.#fail(status);
      return;
    }
    count(member.counts, memberCounters.retries);
    this.#tried ??= new Set();
    this.#tried.add(member);
    this.#attempt(status);
  }

  onMemberConnected(): void {
    if (this.#connection !== null) this.#send(this.#connection);
  }

  #send(connection: MemberConnection): void {
    this.#phase = Phase.AWAITING;
    connection.reader.begin();
    const isAgain = this.#sent !== null;
    if (!isAgain) this.#sent = this.#compose();
    if (this.#sent === null) return;
    this.#sentAt = performance.now();
    this.#client.record?.connected();
    if (!this.#toMember(connection, this.#sent)) this.#pauseClient();
    this.#rearm();
    if (isAgain && !this.#requestIsDone) this.#sendWaiting();
  }

  /** What came of the body while another connection was made. */
  #sendWaiting(): void {
    const input = this.#client.takeInput();
    if (input === null) return;
    const taken = this.onClientBytes(input);
    if (taken < input.length) this.#client.giveBack(input.subarray(taken));
  }

  /** The head, with as much of the body as has come: one write. Null when the body is not valid. */
  #compose(): Buffer | null {
    const input = this.#requestBody === null ? null : this.#client.takeInput();
    if (input === null || this.#requestBody === null) return this.#request.head;
    pieces.push(this.#request.head);
    const bodyEnd = this.#requestBody.read(input, 0, input.length, pieces);
    this.#noteBody(bodyEnd);
    const composed = Buffer.concat(pieces);
    pieces.length = 0;
    if (bodyEnd === -1) {
      this.#fail(400);
      return null;
    }
    if (bodyEnd < input.length) this.#client.giveBack(input.subarray(bodyEnd));
    if (bodyEnd > 0) this.#awaitsContinue = false;
    if (this.#client.hasEnded && !this.#requestIsDone) {
      this.#client.cut();
      return null;
    }
    return composed;
  }

  /** More bytes of the client. Returns how many of them were this request's. */
  onClientBytes(input: Buffer): number {
    const connection = this.#connection;
    const body = this.#requestBody;
    if (body === null || body.isDone || connection === null || this.#phase === Phase.CONNECTING) return 0;
    const bodyEnd = body.read(input, 0, input.length, pieces);
    this.#noteBody(bodyEnd);
    this.#sent = null;
    this.#awaitsContinue = false;
    let flows = true;
    if (pieces.length === 1) flows = this.#toMember(connection, pieces[0] as Buffer);
    else if (pieces.length > 1) flows = this.#toMember(connection, Buffer.concat(pieces));
    pieces.length = 0;
    if (bodyEnd === -1) {
      this.#fail(400);
      return input.length;
    }
    if (!flows) this.#pauseClient();
    this.#rearm();
    return bodyEnd;
  }

  /** The client sends no more. */
  onClientEnd(): void {
    // RFC 9112 8: a request cut short is no request; the member must not take it for one.
    // While there is no connection to the member, the rest may be waiting here.
    if (!this.#requestIsDone && this.#phase !== Phase.CONNECTING) this.#client.cut();
  }

  #pauseClient(): void {
    this.#clientIsPaused = true;
    this.#client.setBodyWanted(false);
  }

  #resumeClient(): void {
    if (!this.#clientIsPaused) return;
    this.#clientIsPaused = false;
    this.#client.setBodyWanted(true);
  }

  onMemberDrain(): void {
    if (!this.#clientIsPaused) return;
    this.#resumeClient();
    this.#rearm();
  }

  onMemberBytes(buffer: Buffer, length: number): void {
    if (this.#phase === Phase.RESPONDING) this.#forwardBody(buffer, 0, length);
    else this.#readHead(buffer, length);
  }

  #readHead(received: Buffer, length: number): void {
    let buffer = received;
    let end = length;
    if (this.#partialHead !== null) {
      buffer = Buffer.concat([this.#partialHead, received.subarray(0, length)]);
      end = buffer.length;
      this.#partialHead = null;
    }
    const reader = this.#connection?.reader;
    while (reader !== undefined && this.#phase === Phase.AWAITING) {
      const headEnd = reader.read(buffer, end, this.#request);
      if (headEnd === -1) {
        this.#countFailure(memberCounters.failuresInvalid);
        this.#fail(502);
        return;
      }
      const head = reader.head;
      if (headEnd === 0 || head === null) {
        this.#partialHead = Buffer.from(buffer.subarray(0, end));
        return;
      }
      if (head.status >= 200) {
        this.#respond(head, buffer, headEnd, end);
        return;
      }
      if (head.status === 101) {
        this.#switch(head, buffer, headEnd, end);
        return;
      }
      this.#forwardInterim(head);
      if (headEnd === end) return;
      // A view from 0: the reader's positions count from the head's first byte.
      buffer = buffer.subarray(headEnd, end);
      end = buffer.length;
      reader.begin();
    }
  }

  /** RFC 9110 15.2: interim responses pass, but never to an HTTP/1.0 client. */
  #forwardInterim(head: ResponseHead): void {
    if (head.status === 100) this.#awaitsContinue = false;
    this.#connection?.reader.begin();
    this.#rearm();
    if (this.#request.clientMinor === 0) return;
    this.#toClient(Buffer.concat([head.forwarded, LINE_END]));
  }

  #respond(head: ResponseHead, buffer: Buffer, bodyStart: number, end: number): void {
    const { headers, clientMinor } = this.#request;
    const { kind, length } = head.framing;
    this.#phase = Phase.RESPONDING;
    this.#response = head;
    this.#countAnswer(head.status);
    const serving = this.#client.serving;
    // An HTTP/1.0 client sees the end of a body without a length in the end of the connection.
    const endsByClose = clientMinor === 0 && (kind === BodyKind.CHUNKED || kind === BodyKind.UNTIL_CLOSE);
    this.#persists =
      headers.persists && !endsByClose && !serving.isDraining && serving.configuration.keepaliveTimeoutMs > 0;
    const ending = !this.#persists ? END_CLOSE : clientMinor === 0 ? END_KEEP_ALIVE : LINE_END;
    const headTail = this.#withAdded(head, ending);
    const { record } = this.#client;
    if (record !== null) record.headBytesSent = head.forwarded.length + headTail.length;

    if (kind === BodyKind.NONE || (kind === BodyKind.LENGTH && end - bodyStart >= length)) {
      // The whole response is here, as it nearly always is: one buffer, one write.
      const bodyEnd = bodyStart + (kind === BodyKind.NONE ? 0 : length);
      this.#toClient(joinResponse(head.forwarded, headTail, buffer, bodyStart, bodyEnd));
      this.#finish(bodyEnd === end);
      return;
    }
    this.#responseBody = new BodyReader(head.framing, clientMinor === 1);
    const client = this.#client.socket;
    client.cork();
    this.#toClient(joinResponse(head.forwarded, headTail, buffer, bodyStart, bodyStart));
    if (end > bodyStart) this.#forwardBody(buffer, bodyStart, end);
    else this.#rearm();
    client.uncork();
  }

  /** What ends the head, behind the lines that it gets from us. */
  #withAdded(head: ResponseHead, end: Buffer): Buffer {
    const { session, answerLines } = this.#request;
    if (session === null && answerLines === '') return end;
    const cookie = this.#member === null ? '' : (session?.linesFor(this.#member, head.setsCookie) ?? '');
    return Buffer.concat([Buffer.from(answerLines + cookie, 'latin1'), end]);
  }

  #forwardBody(buffer: Buffer, start: number, end: number): void {
    const body = this.#responseBody;
    if (body === null) return;
    const bodyEnd = body.read(buffer, start, end, pieces);
    const inChunks = this.#response?.framing.kind === BodyKind.UNTIL_CLOSE && this.#request.clientMinor === 1;
    if (inChunks && pieces.length > 0) this.#toClient(chunkAround(pieces));
    else if (pieces.length === 1) {
      this.#countSent(pieces[0] as Buffer);
      if (!writeCopy(this.#client.socket, pieces[0] as Buffer)) this.#pauseMember();
    } else if (pieces.length > 1) this.#toClient(Buffer.concat(pieces));
    pieces.length = 0;
    if (bodyEnd === -1) {
      this.#countFailure(memberCounters.failuresInvalid);
      this.#client.cut();
    } else if (body.isDone) this.#finish(bodyEnd === end);
    else this.#rearm();
  }

  #toMember({ socket }: MemberConnection, bytes: Buffer): boolean {
    if (this.#member !== null) count(this.#member.counts, memberCounters.bytesSent, bytes.length);
    return socket.write(bytes);
  }

  #noteBody(length: number): void {
    const { record } = this.#client;
    if (record !== null && length > 0) record.bodyReceived += length;
  }

  #countAnswer(status: number): void {
    this.#client.record?.answered(status);
    countRequest(this.#client.serving.counts, status);
    if (this.#member !== null) countAnswer(this.#member.counts, status, performance.now() - this.#sentAt);
  }

  /** @param kind one of the failures of `memberCounters` */
  #countFailure(kind: number): void {
    if (this.#member !== null) count(this.#member.counts, kind);
  }

  #countSent(bytes: Buffer): void {
    const { record } = this.#client;
    if (record !== null) record.bytesSent += bytes.length;
    count(this.#client.serving.counts, listenerCounters.bytesSent, bytes.length);
  }

  #toClient(bytes: Buffer): void {
    this.#countSent(bytes);
    if (!this.#client.socket.write(bytes)) this.#pauseMember();
  }

  /** A slow client slows its member; nothing piles up here. */
  #pauseMember(): void {
    if (this.#memberIsPaused) return;
    this.#memberIsPaused = true;
    this.#connection?.socket.pause();
  }

  onClientDrain(): void {
    if (!this.#memberIsPaused) return;
    this.#memberIsPaused = false;
    this.#connection?.socket.resume();
    this.#rearm();
  }

  /** The response is complete. `atEnd`: the member sent nothing after it. */
  #finish(atEnd: boolean): void {
    const connection = this.#connection;
    const keepsMember = atEnd && this.#requestIsDone && this.#response?.persists === true;
    this.#phase = Phase.OVER;
    if (keepsMember && connection !== null) {
      if (this.#memberIsPaused) connection.socket.resume();
      this.#connection = null;
      connection.release();
    }
    this.#dropMember();
    this.#client.finishExchange(this.#persists && this.#requestIsDone);
  }

  #switch(head: ResponseHead, buffer: Buffer, start: number, end: number): void {
    const connection = this.#connection;
    const member = this.#member;
    if (connection === null || member === null) return;
    const headTail = this.#withAdded(head, LINE_END);
    this.#countAnswer(head.status);
    this.#phase = Phase.OVER;
    this.#connection = null;
    this.#member = null;
    const { deadlines, configuration, settings, counts } = this.#client.serving;
    const idleTimeoutMs = configuration.keepaliveTimeoutMs || settings.clientTimeoutMs;
    const both = { listener: counts, member: member.counts };
    const over = () => member.finish();
    const tunnel = new Tunnel(this.#client.socket, connection.socket, deadlines, idleTimeoutMs, both, over);
    connection.handOver(new TunnelReceiver(tunnel));
    this.#toClient(Buffer.concat([head.forwarded, headTail]));
    this.#client.startTunnel(tunnel);
    if (end > start) tunnel.fromMember(buffer.subarray(start, end));
  }

  onMemberEnd(): void {
    const endsBody =
      this.#phase === Phase.RESPONDING && this.#response?.framing.kind === BodyKind.UNTIL_CLOSE;
    if (!endsBody) {
      this.#lose();
      return;
    }
    if (this.#request.clientMinor === 1) this.#toClient(CHUNKED_END);
    this.#finish(false);
  }

  onMemberClosed(): void {
    this.#lose();
  }

  /** The member connection ended in the middle of the exchange. */
  #lose(): void {
    const member = this.#member;
    switch (this.#phase) {
      case Phase.CONNECTING:
        this.#failConnect(502);
        return;
      case Phase.AWAITING:
        if (member !== null && this.#maySendAgain()) {
          count(member.counts, memberCounters.retries);
          this.#connection?.destroy();
          this.#resumeClient();
          this.#connect(member);
        } else {
          this.#countFailure(memberCounters.failuresReset);
          this.#fail(502);
        }
        return;
      case Phase.RESPONDING:
        this.#countFailure(memberCounters.failuresReset);
        this.#client.cut();
    }
  }

  /**
   * A waiting connection that ends without a byte was most likely closed by the member before the request came.
   * RFC 9110 9.2.2: only what is idempotent may then be sent again, and only while we still have all of it.
   */
  #maySendAgain(): boolean {
    return (
      this.#connection?.isReused === true &&
      this.#partialHead === null &&
      this.#sent !== null &&
      this.#request.isIdempotent &&
      this.#attempts < ATTEMPTS
    );
  }

  /** The time of whoever we wait for is over. */
  onDeadline(): void {
    if (this.#phase === Phase.CONNECTING) {
      this.#failConnect(504);
      return;
    }
    const isClients = this.#waitsForClient();
    if (!isClients) this.#countFailure(memberCounters.failuresTimeout);
    if (this.#phase === Phase.RESPONDING) this.#client.cut();
    else this.#fail(isClients ? 408 : 504);
  }

  #waitsForClient(): boolean {
    return this.#memberIsPaused || (!this.#requestIsDone && !this.#clientIsPaused && !this.#awaitsContinue);
  }

  #rearm(): void {
    const { clientTimeoutMs, memberTimeoutMs } = this.#client.serving.settings;
    this.#client.armDeadline(this.#waitsForClient() ? clientTimeoutMs : memberTimeoutMs);
  }

  /** Ends the exchange with an answer of our own; nothing of the member's was sent yet. */
  #fail(status: number): void {
    this.#phase = Phase.OVER;
    this.#dropMember();
    this.#client.failExchange(
      status,
      this.#request.headers.persists && this.#requestIsDone && status !== 400,
    );
  }

  /** The client is gone: so is the exchange. */
  abort(): void {
    // As nginx has it, and the cloud's own logs: the client closed the request.
    if (this.#phase < Phase.RESPONDING) countRequest(this.#client.serving.counts, 499);
    this.#phase = Phase.OVER;
    this.#dropMember();
  }

  #dropMember(): Member | null {
    const member = this.#member;
    this.#connection?.destroy();
    this.#connection = null;
    this.#member = null;
    member?.finish();
    return member;
  }
}

function joinResponse(head: Buffer, tail: Buffer, body: Buffer, start: number, end: number): Buffer {
  const joined = Buffer.allocUnsafe(head.length + tail.length + end - start);
  head.copy(joined, 0);
  tail.copy(joined, head.length);
  if (end > start) body.copy(joined, head.length + tail.length, start, end);
  return joined;
}
