import type { Tunnel } from '../tunnel/tunnel.ts';
import type { MemberReceiver } from './member-connection.ts';

/** Feeds a tunnel from a member connection. */
export class TunnelReceiver implements MemberReceiver {
  readonly #tunnel: Tunnel;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  onMemberConnected(): void {}

  onMemberBytes(buffer: Buffer, length: number): void {
    this.#tunnel.fromMember(buffer.subarray(0, length));
  }

  onMemberEnd(): void {
    this.#tunnel.onMemberEnd();
  }

  onMemberDrain(): void {
    this.#tunnel.onMemberDrain();
  }

  onMemberClosed(): void {
    this.#tunnel.onMemberClosed();
  }
}
