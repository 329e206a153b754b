import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * A port that nothing listens on. Listeners of the product name their port in advance, and two instances of it that
 * named the same one would share its connections.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
