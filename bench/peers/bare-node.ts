/** No proxy at all: sockets of Node that answer by themselves, for what a connection costs at least. */
import { type Peer, startOnFreePort } from './peer.ts';

export const bareNode: Peer = {
  name: 'bare Node sockets',
  version: process.versions.node,
  start: ({ workshop }) =>
    startOnFreePort(workshop, 'http', async (port) => (await workshop.fork('bare-server', { port })).child),
};
