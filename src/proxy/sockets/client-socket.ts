import type { Duplex } from 'node:stream';

/** A client's connection as those who serve it use it: a socket, or what stands for one. */
export interface ClientSocket extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** Closes it so that the client can tell it from an orderly end. */
  resetAndDestroy(): unknown;
}
