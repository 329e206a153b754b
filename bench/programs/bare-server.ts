/** What a connection costs in Node itself: a server of plain sockets that answers and keeps nothing. */
import { createServer } from 'node:net';

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');

const { port } = JSON.parse(process.argv[2] ?? '') as { readonly port: number };
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', () => socket.write(answer));
});
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
