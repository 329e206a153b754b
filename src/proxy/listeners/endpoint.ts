import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Socket } from 'node:net';

/** What becomes of an attempt to take a port. Exactly one of the two is called first; `onError` may be again. */
export interface EndpointEvents {
  onListening(): void;
  /** The port could not be had, or was lost. */
  onError(error: NodeJS.ErrnoException): void;
}

/** A port that is being taken, or is had. */
export interface Endpoint {
  close(): void;
}

/** Takes a port of one transport. */
export interface Transport {
  /** Tells ports of different transports apart. */
  readonly name: 'tcp' | 'udp';
  open(host: string, port: number, events: EndpointEvents): Endpoint;
}

/** A port on which connections are accepted. */
export function connections(onConnection: (socket: Socket) => void): Transport {
  return {
    name: 'tcp',
    open: (host, port, events) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
      let isWanted = true;
      server.on('error', (error: NodeJS.ErrnoException) => {
        // Errors of a server that listens (no descriptors left, say) concern one connection, not the port.
        if (!server.listening && isWanted) events.onError(error);
      });
      server.on('listening', () => {
        // Closing before this point has no effect on the server.
        if (isWanted) events.onListening();
        else server.close();
      });
      server.listen({ host, port, reusePort: true, backlog: 4096 });
      return {
        close: () => {
          isWanted = false;
          server.close();
        },
      };
    },
  };
}

/** What the kernel keeps for us while we are busy; it may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A port on which datagrams are received. */
export function datagrams(
  onDatagram: (bytes: Buffer, from: RemoteInfo, socket: UdpSocket) => void,
): Transport {
  return {
    name: 'udp',
    open: (host, port, events) => {
      const socket = createSocket({
        type: isIPv6(host) ? 'udp6' : 'udp4',
        reusePort: true,
        recvBufferSize: RECEIVE_BUFFER_BYTES,
        lookup: (address, _options, done) => done(null, address, isIPv6(address) ? 6 : 4),
      });
      let isOpen = true;
      let isListening = false;
      const close = () => {
        if (isOpen) socket.close();
        isOpen = false;
      };
      socket.on('error', (error: NodeJS.ErrnoException) => {
        // Once it is bound, an error concerns one datagram.
        if (!isOpen || isListening) return;
        close();
        events.onError(error);
      });
      socket.on('listening', () => {
        isListening = true;
        if (isOpen) events.onListening();
      });
      socket.on('message', (bytes, from) => onDatagram(bytes, from, socket));
      socket.bind({ address: host, port });
      return { close };
    },
  };
}
