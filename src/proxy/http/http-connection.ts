import { listenerCounters } from '../../observe/traffic-counts.ts';
import { connectionText, headerText, RequestRecord } from '../access-log/request-record.ts';
import { count, countRequest } from '../counters/counting.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import { plainAddress } from '../sockets/plain-address.ts';
import { resetSocket } from '../sockets/reset-socket.ts';
import { Deadline, type DeadlineOwner } from '../time/deadlines.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import { composeAnswer, type OwnAnswer, statusPage } from './answers.ts';
import { parseAbsoluteTarget } from './authority.ts';
import { Exchange, type OutgoingRequest } from './exchange.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { BodyKind } from './framing.ts';
import type { HttpServing } from './http-serving.ts';
import { IncomingRequest } from './incoming-request.ts';
import { joinHead, rebuildHead } from './outgoing-head.ts';
import { interpretRequest, type RequestHeaders } from './request-headers.ts';
import { TargetForm } from './request-line.ts';
import type { ClientFacts, RequestPlan } from './request-plan.ts';
import { RequestReader } from './request-reader.ts';
import { routeRequest } from './request-routing.ts';

const Phase = { READING: 0, EXCHANGING: 1, TUNNELLING: 2, LINGERING: 3, CLOSED: 4 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Where a request goes, and what the answer gets on its way back. */
type Destination = Pick<OutgoingRequest, 'pool' | 'session' | 'answerLines' | 'replacesCrossOrigin'>;

/** As most requests are forwarded. */
const PLAIN = { session: null, answerLines: '', replacesCrossOrigin: false } as const;

/** How long a client may still send into a connection whose last response is out. */
const LINGER_TIMEOUT_MS = 2000;

/**
 * One client connection of an HTTP listener: reads request heads and serves them one after the other.
 *
 *     READING ──head──▶ EXCHANGING ──response──▶ READING      (kept alive)
 *        │                  │  └──101──▶ TUNNELLING
 *        └──refused──▶ LINGERING ──▶ CLOSED
 */
export class HttpConnection implements ExchangeClient, ClientFacts, DeadlineOwner {
  readonly socket: ClientSocket;
  readonly serving: HttpServing;
  record: RequestRecord | null = null;
  hasEnded = false;
  readonly address: string;
  readonly port: number;
  readonly tls: TlsFacts | undefined;
  readonly #deadline: Deadline = new Deadline(this);
  readonly #reader = new RequestReader();
  #phase: Phase = Phase.READING;
  #plan: RequestPlan;
  /** Bytes that no request has taken yet. */
  #input: Buffer | null = null;
  /** Whether the input holds the beginning of a head that is not whole. */
  #headBegan = false;
  #hasServed = false;
  #isServing = false;
  /** Reading stops while a request's rest waits for its turn, or while the member does not take the body. */
  #isPaused = false;
  #bodyIsWanted = true;
  #exchange: Exchange | null = null;
  /** What the access log has of the connection, and of the headers that were read last. */
  #connectionText = '';
  #loggedHeaders: RequestHeaders | null = null;
  #headerText = '';
  #tunnel: Tunnel | null = null;

  constructor(socket: ClientSocket, serving: HttpServing, tls: TlsFacts | undefined) {
    this.socket = socket;
    this.tls = tls;
    this.serving = serving;
    this.#plan = serving.plan;
    this.address = plainAddress(socket.remoteAddress);
    this.port = socket.remotePort ?? 0;
    socket.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    // 'close' always follows and does what is to do.
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
    this.armDeadline(serving.settings.clientTimeoutMs);
  }

  reachedAt(): string {
    const local = plainAddress(this.socket.localAddress);
    return `${local.includes(':') ? `[${local}]` : local}:${this.socket.localPort ?? 0}`;
  }

  /** Ends the connection as soon as nothing is lost by it. */
  drain(): void {
    // A connection that was just accepted has its first request on the way: it is still served.
    if (this.#phase === Phase.READING && !this.#headBegan && this.#hasServed) this.#linger();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #onBytes(bytes: Buffer): void {
    count(this.serving.counts, listenerCounters.bytesReceived, bytes.length);
    switch (this.#phase) {
      case Phase.READING:
        this.#input = this.#input === null ? bytes : Buffer.concat([this.#input, bytes]);
        this.#serve();
        return;
      case Phase.EXCHANGING: {
        const taken = this.#exchange?.onClientBytes(bytes) ?? 0;
        // The exchange may have ended meanwhile; then the rest is the next request, or nobody's.
        if (taken < bytes.length) this.giveBack(taken === 0 ? bytes : bytes.subarray(taken));
        return;
      }
      case Phase.TUNNELLING:
        this.#tunnel?.fromClient(bytes);
    }
  }

  #onEnd(): void {
    this.hasEnded = true;
    if (this.#phase === Phase.TUNNELLING) this.#tunnel?.onClientEnd();
    else if (this.#phase === Phase.EXCHANGING) this.#exchange?.onClientEnd();
    else if (this.#phase === Phase.READING && !this.#isWaitingForDrain()) this.#linger();
  }

  #onDrain(): void {
    if (this.#phase === Phase.TUNNELLING) this.#tunnel?.onClientDrain();
    else if (this.#phase === Phase.EXCHANGING) this.#exchange?.onClientDrain();
    else if (this.#phase === Phase.READING) this.#serve();
  }

  #onClose(): void {
    this.#phase = Phase.CLOSED;
    this.serving.deadlines.remove(this.#deadline);
    this.#exchange?.abort();
    this.#exchange = null;
    this.#tunnel?.onClientClosed();
    this.#logRequest();
    this.#input = null;
    this.serving.release(this);
  }

  onDeadline(): void {
    if (this.#phase === Phase.EXCHANGING) this.#exchange?.onDeadline();
    else if (this.#phase === Phase.READING && this.#headBegan) this.#answerAndClose(408);
    // Whoever owes nothing is not told anything: an idle client, or one that does not read what it got.
    else if (this.#phase === Phase.READING && !this.socket.writableNeedDrain) this.#linger();
    else this.destroy();
  }

  /** Serves what the input holds, request by request, until one has to wait. */
  #serve(): void {
    // An answer given at once comes back here through finishExchange(): the loop below goes on instead.
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#phase === Phase.READING && this.#input !== null && !this.#isWaitingForDrain()) {
      if (!this.#readRequest(this.#input)) break;
    }
    this.#isServing = false;
    if (this.#phase !== Phase.READING) return;
    if (this.#isWaitingForDrain()) this.#pauseReading();
    else if (this.hasEnded) this.#linger();
    else this.#resumeReading();
  }

  /** Whether the client has not even read the responses it got: then it gets no further ones. */
  #isWaitingForDrain(): boolean {
    return this.socket.writableNeedDrain;
  }

  /** Reads one request from the input and begins to serve it; false when it is not there yet. */
  #readRequest(input: Buffer): boolean {
    const reader = this.#reader;
    if (!this.#headBegan) reader.begin();
    const headEnd = reader.read(input, input.length);
    if (headEnd === 0) {
      if (!this.#headBegan) this.armDeadline(this.serving.settings.clientTimeoutMs);
      this.#headBegan = true;
      return false;
    }
    this.#headBegan = false;
    if (headEnd < 0) {
      this.#answerAndClose(-headEnd);
      return true;
    }
    this.#input = headEnd === input.length ? null : input.subarray(headEnd);
    this.#begin(input, headEnd);
    return true;
  }

  #begin(input: Buffer, headEnd: number): void {
    const { line, lineEnd } = this.#reader;
    let authority: string | null = null;
    let target: string | null = null;
    if (line.form === TargetForm.ABSOLUTE) {
      const absolute = parseAbsoluteTarget(
        input.toString('latin1', line.targetStart, line.targetEnd),
        line.method,
      );
      if (absolute === null) {
        this.#answerAndClose(400);
        return;
      }
      authority = absolute.authority;
      target = absolute.originForm;
    }
    const headers = this.#headersOf(input, headEnd, authority);
    if (typeof headers === 'number') {
      this.#answerAndClose(headers);
      return;
    }
    this.#phase = Phase.EXCHANGING;
    this.#hasServed = true;
    if (this.serving.configuration.accessLog) this.record = this.#recordOf(input, headEnd, headers);
    const pool = this.serving.policies === null ? this.serving.pool() : undefined;
    if (this.serving.policies === null && (pool === undefined || pool.sessions === null)) {
      this.#forward(input, headers, target, headers.forwarded, { pool, ...PLAIN });
      return;
    }
    const asked = target ?? input.toString('latin1', line.targetStart, line.targetEnd);
    const block = { start: lineEnd, end: headEnd };
    const request = new IncomingRequest(line.method, asked, headers, this, input, block);
    const route = routeRequest(this.serving, request);
    if (route.kind === 'answer') this.#answer(route.answer, headers);
    else this.#forward(input, headers, route.target ?? target, route.block ?? headers.forwarded, route);
  }

  /** @param target what the member is asked for; null for the request line as it came */
  #forward(
    input: Buffer,
    headers: RequestHeaders,
    target: string | null,
    block: Buffer,
    { pool, session, answerLines, replacesCrossOrigin }: Destination,
  ): void {
    const { line, lineEnd } = this.#reader;
    const head =
      target === null && line.minor === 1
        ? joinHead(input, line.start, lineEnd, block)
        : rebuildHead(input, line.method, target, line.targetStart, line.targetEnd, block);
    this.#exchange = new Exchange(this, {
      head,
      headers,
      isHead: line.isHead,
      isIdempotent: line.isIdempotent,
      clientMinor: line.minor,
      upgrades: headers.upgrades,
      pool,
      session,
      answerLines,
      replacesCrossOrigin,
      watchedCookie: session === null ? null : (pool?.sessions?.applicationCookie ?? null),
    });
    this.#exchange.start();
  }

  /** Answers without a member. A body that follows is not read, so the connection ends with it. */
  #answer(own: OwnAnswer, { persists, framing }: RequestHeaders): void {
    this.#answerInstead(own, persists && framing.kind === BodyKind.NONE);
  }

  #headersOf(input: Buffer, headEnd: number, authority: string | null): RequestHeaders | number {
    const reader = this.#reader;
    const plan = this.serving.plan;
    // Remembered headers hold what the listener's former settings wrote into them.
    if (reader.repeated !== null && plan === this.#plan) return reader.repeated;
    this.#plan = plan;
    const context = { method: reader.line.method, minor: reader.line.minor, authority };
    const headers = interpretRequest(input, reader.lineEnd, headEnd, context, plan, this);
    if (typeof headers !== 'number') reader.remember(headers);
    return headers;
  }

  takeInput(): Buffer | null {
    const input = this.#input;
    this.#input = null;
    this.#resumeReading();
    return input;
  }

  setBodyWanted(isWanted: boolean): void {
    this.#bodyIsWanted = isWanted;
    this.#adjustReading();
  }

  giveBack(input: Buffer): void {
    if (this.#phase === Phase.LINGERING || this.#phase === Phase.CLOSED) return;
    this.#input = this.#input === null ? input : Buffer.concat([this.#input, input]);
    if (this.#phase === Phase.READING) {
      this.#serve();
      return;
    }
    // One request at a time: the next one waits in the kernel, not here.
    this.#pauseReading();
  }

  armDeadline(timeoutMs: number): void {
    this.serving.deadlines.arm(this.#deadline, timeoutMs);
  }

  finishExchange(persists: boolean): void {
    if (this.#phase !== Phase.EXCHANGING) return;
    this.#exchange = null;
    this.#logRequest();
    if (!this.#bodyIsWanted) this.setBodyWanted(true);
    if (!persists || this.serving.isDraining) {
      this.#linger();
      return;
    }
    this.#phase = Phase.READING;
    this.armDeadline(this.serving.configuration.keepaliveTimeoutMs);
    if (this.#input !== null || this.#isPaused || this.hasEnded) this.#serve();
  }

  failExchange(status: number, persists: boolean): void {
    if (this.#phase !== Phase.EXCHANGING) return;
    this.#answerInstead({ status, ...statusPage(status) }, persists);
  }

  #answerInstead(own: OwnAnswer, persists: boolean): void {
    const { minor, isHead } = this.#reader.line;
    const keeps = persists && !this.serving.isDraining && this.serving.configuration.keepaliveTimeoutMs > 0;
    const connection = !keeps ? 'close' : minor === 0 ? 'keep-alive' : '';
    this.#writeOwn(composeAnswer(own, connection, isHead), own.status);
    this.finishExchange(keeps);
  }

  cut(): void {
    // A reset, not an end: without a length the end would pass for the end of the body.
    resetSocket(this.socket);
  }

  startTunnel(tunnel: Tunnel): void {
    this.#phase = Phase.TUNNELLING;
    this.#exchange = null;
    this.#tunnel = tunnel;
    this.serving.deadlines.disarm(this.#deadline);
    const input = this.takeInput();
    if (input !== null) tunnel.fromClient(input);
    if (this.hasEnded) tunnel.onClientEnd();
    this.#resumeReading();
  }

  #answerAndClose(status: number): void {
    this.#writeOwn(composeAnswer({ status, ...statusPage(status) }, 'close', false), status);
    this.#linger();
  }

  #recordOf(input: Buffer, headEnd: number, headers: RequestHeaders): RequestRecord {
    const { line, lineEnd } = this.#reader;
    if (this.#connectionText === '') this.#connectionText = connectionText(this.address, this.port, this.tls);
    // Clients repeat their headers, and those are told by one object.
    if (headers !== this.#loggedHeaders) {
      this.#loggedHeaders = headers;
      this.#headerText = headerText(input, lineEnd, headEnd, headers.host);
    }
    return new RequestRecord({
      method: line.method,
      target: input.toString('latin1', line.targetStart, line.targetEnd),
      protocol: this.tls?.speaksHttp2 ? 'HTTP/2.0' : `HTTP/1.${line.minor}`,
      headLength: headEnd - line.start,
      headers: this.#headerText,
      connection: this.#connectionText,
    });
  }

  /** Writes down the request in hand, which is over. The cloud's log has none that is answered 400 (digest 4.14). */
  #logRequest(): void {
    const { record } = this;
    if (record === null) return;
    this.record = null;
    if (this.#tunnel !== null) {
      record.bytesSent += this.#tunnel.bytesToClient;
      record.bodyReceived += this.#tunnel.bytesToMember;
    }
    if (record.status !== 400) this.serving.logAccess(record.line(this.serving.configuration));
  }

  #writeOwn(answer: Buffer, status: number): void {
    this.record?.answeredOurselves(status, answer.length);
    countRequest(this.serving.counts, status);
    count(this.serving.counts, listenerCounters.bytesSent, answer.length);
    this.socket.write(answer);
  }

  /**
   * RFC 9112 9.6: closing while the client still sends would reset the connection and take the response with it.
   * So only our side ends, and what still comes is thrown away for a while.
   */
  #linger(): void {
    this.#phase = Phase.LINGERING;
    this.#input = null;
    this.armDeadline(this.serving.settings.clientTimeoutMs);
    this.socket.end(() => {
      if (this.#phase === Phase.LINGERING) this.armDeadline(LINGER_TIMEOUT_MS);
    });
    this.#resumeReading();
  }

  #resumeReading(): void {
    this.#isPaused = false;
    this.#adjustReading();
  }

  #pauseReading(): void {
    this.#isPaused = true;
    this.#adjustReading();
  }

  #adjustReading(): void {
    const isWanted = !this.#isPaused && this.#bodyIsWanted;
    if (isWanted !== this.socket.isPaused()) return;
    if (isWanted) this.socket.resume();
    else this.socket.pause();
  }
}
