/** A proxy of fast-proxy, over undici, which is its faster way. */
import { createServer } from 'node:http';
import fastProxy from 'fast-proxy';
import type { NodeProxySetup } from '../peers/node-packages.ts';

const { port, memberPort } = JSON.parse(process.argv[2] ?? '') as NodeProxySetup;
const { proxy } = fastProxy({ base: `http://127.0.0.1:${memberPort}`, undici: { connections: 256 } });
createServer((request, response) => proxy(request, response, request.url ?? '/', {})).listen(
  port,
  '127.0.0.1',
);
process.on('disconnect', () => process.exit());
process.send?.('ready');
