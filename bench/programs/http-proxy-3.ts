/** A proxy of http-proxy-3, its member connections kept alive. */
import { Agent } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import type { NodeProxySetup } from '../peers/node-packages.ts';

const { port, memberPort } = JSON.parse(process.argv[2] ?? '') as NodeProxySetup;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const proxy = createProxyServer({ target: `http://127.0.0.1:${memberPort}`, agent, xfwd: true });
proxy.listen(port, '127.0.0.1');
process.on('disconnect', () => process.exit());
process.send?.('ready');
