/** Proxies that are packages for Node: each is a small program of `programs/`, run by the same Node. */
import { packageVersion } from '../support/versions.ts';
import { type Peer, startOnFreePort } from './peer.ts';

/** What such a program is told. */
export interface NodeProxySetup {
  readonly port: number;
  readonly memberPort: number;
}

export const httpProxy3 = peer('http-proxy-3', 'http-proxy-3');
export const fastProxy = peer('fast-proxy', 'fast-proxy');
export const fastifyHttpProxy = peer('@fastify/http-proxy', 'fastify-http-proxy');

function peer(name: string, program: string): Peer {
  return {
    name,
    version: packageVersion(name),
    lacks: (mode) => (mode === 'http' ? null : 'is measured in HTTP only'),
    start: ({ workshop, memberPort }) =>
      startOnFreePort(workshop, 'http', async (port) => {
        const setup: NodeProxySetup = { port, memberPort };
        return (await workshop.fork(program, setup)).child;
      }),
  };
}
