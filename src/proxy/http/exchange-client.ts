import type { RequestRecord } from '../access-log/request-record.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { HttpServing } from './http-serving.ts';

/** The client's side of an exchange. */
export interface ExchangeClient {
  readonly socket: ClientSocket;
  readonly address: string;
  readonly serving: HttpServing;
  /** Of the request in hand; null where nothing is logged. */
  readonly record: RequestRecord | null;
  /** The bytes after the request head, if any came yet; they are the exchange's then. */
  takeInput(): Buffer | null;
  /** Whether the client sends no more. */
  readonly hasEnded: boolean;
  /** Bytes that do not belong to this request. */
  giveBack(input: Buffer): void;
  /** Whether more of the request body is wanted now. */
  setBodyWanted(isWanted: boolean): void;
  armDeadline(timeoutMs: number): void;
  /** The exchange is over; the connection goes on, or is closed without losing what was written. */
  finishExchange(persists: boolean): void;
  /** Answers in the member's stead and ends the exchange. */
  failExchange(status: number, persists: boolean): void;
  /** Ends the connection so that the client cannot take what it has for a whole response. */
  cut(): void;
  /** The exchange became a tunnel. */
  startTunnel(tunnel: Tunnel): void;
}
