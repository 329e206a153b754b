import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { createLogger } from '../observe/log.ts';
import { heartbeatMs, streamPath, streamProtocol } from './configuration.ts';
import type { Publisher } from './publisher.ts';
import { StreamServer } from './stream-server.ts';

const publisher = { source: 'store', subscribe: () => () => {} } as unknown as Publisher;

test('a proxy that is silent is taken for dead, and one with a heartbeat is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stream = new StreamServer(publisher, 'token', createLogger('test', 'silent'));
  stream.attach(server);
  const open = () => {
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: 'Bearer token', connection: 'Upgrade', upgrade: streamProtocol };
    return once(request({ port, path: streamPath, headers }).end(), 'upgrade');
  };
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const [, silent] = await open();
    const [, alive] = await open();
    silent.resume();
    const closed = once(silent, 'close');
    for (let beat = 0; beat < 4; beat++) {
      const heard = once(alive, 'data');
      mock.timers.tick(heartbeatMs);
      assert.equal(String((await heard)[0]), '\n');
      const told = stream.changed();
      alive.write(`${JSON.stringify({ source: 'store', revision: beat, listeners: [], removed: [] })}\n`);
      await told;
    }
    await closed;
    assert.equal(alive.destroyed, false);
    assert.equal(stream.proxies.length, 1);
    const cut = once(alive, 'close');
    stream.close();
    await cut;
    await assert.rejects(open());
  } finally {
    mock.timers.reset();
    server.close();
  }
});
