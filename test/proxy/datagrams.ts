import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { MemberConfiguration } from '../../src/dataplane/configuration.ts';
import { ownAddress } from './running-engine.ts';

/** Longest wait for a datagram that a test expects. */
const PATIENCE_MS = 5000;

interface Datagram {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

/** A bound UDP socket in a test's hands: sends datagrams, and waits for them one by one. */
export class DatagramPeer {
  readonly socket: Socket;
  readonly #received: Datagram[] = [];
  /** How many ever came. */
  total = 0;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (bytes, from) => {
      this.#received.push({ bytes, from });
      this.total += 1;
      this.#wake();
    });
  }

  /** @param port a free one if left out */
  static async bind(t: TestContext, address = ownAddress(), port = 0): Promise<DatagramPeer> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, address);
    await once(socket, 'listening');
    const peer = new DatagramPeer(socket);
    t.after(() => peer.close());
    return peer;
  }

  /** A member that answers every datagram with its own name and what it got. */
  static async echo(t: TestContext, name: string): Promise<DatagramPeer> {
    const peer = await DatagramPeer.bind(t);
    peer.socket.on('message', (bytes, { port, address }) => {
      peer.socket.send(`${name}:${bytes}`, port, address);
    });
    return peer;
  }

  send(bytes: Buffer | string, to: { readonly address: string; readonly port: number }): void {
    this.socket.send(bytes, to.port, to.address);
  }

  /** Takes the next datagram. */
  async next(): Promise<Datagram> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const first = this.#received.shift();
      if (first) return first;
      if (Date.now() > deadline) throw new Error('waited in vain for a datagram');
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, deadline - Date.now());
      await promise;
      clearTimeout(timer);
    }
  }

  async text(): Promise<string> {
    return (await this.next()).bytes.toString();
  }

  /** Sends and takes the answer. */
  async ask(
    bytes: Buffer | string,
    to: { readonly address: string; readonly port: number },
  ): Promise<string> {
    this.send(bytes, to);
    return this.text();
  }

  configuration(changes: Partial<MemberConfiguration> = {}): MemberConfiguration {
    const { address, port } = this.socket.address();
    return { id: `${address}:${port}`, address, port, weight: 1, healthy: true, standby: false, ...changes };
  }

  close(): void {
    try {
      this.socket.close();
    } catch {
      // The test has closed it already.
    }
  }
}

/** A QUIC packet with a long header (RFC 8999 section 5.1). */
export function longPacket(destination: Buffer, source: Buffer): Buffer {
  const lengths = (id: Buffer) => Buffer.concat([Buffer.from([id.length]), id]);
  return Buffer.concat([
    Buffer.from([0xc3, 0, 0, 0, 1]),
    lengths(destination),
    lengths(source),
    randomBytes(30),
  ]);
}

/** A QUIC packet with a short header (RFC 8999 section 5.2). */
export function shortPacket(destination: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x41]), destination, randomBytes(30)]);
}
