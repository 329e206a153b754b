/** A proxy of @fastify/http-proxy. */
import fastifyHttpProxy from '@fastify/http-proxy';
import { fastify } from 'fastify';
import type { NodeProxySetup } from '../peers/node-packages.ts';

const { port, memberPort } = JSON.parse(process.argv[2] ?? '') as NodeProxySetup;
const app = fastify();
app.register(fastifyHttpProxy, { upstream: `http://127.0.0.1:${memberPort}`, undici: { connections: 256 } });
await app.listen({ port, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send?.('ready');
