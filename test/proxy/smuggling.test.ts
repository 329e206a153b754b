import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { corpus } from './request-corpus.ts';
import { RunningEngine } from './running-engine.ts';
import { proxyUnderstands } from './understanding.ts';

/** A member with Node's strict parser that writes down every whole request. */
async function startMember(t: TestContext, seen: string[]): Promise<Server> {
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    let bodyBytes = 0;
    request.on('data', (piece: Buffer) => {
      bodyBytes += piece.length;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${bodyBytes}`);
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

test('a member sees exactly the requests that the proxy accepted, whatever is sent', async (t) => {
  const seen: string[] = [];
  const server = await startMember(t, seen);
  const { port } = server.address() as AddressInfo;
  const proxy = await RunningEngine.start(t, {
    members: [{ id: 'member', address: '127.0.0.1', port, weight: 1, healthy: true, standby: false }],
  });
  for (const { bytes, verdict } of corpus) {
    seen.length = 0;
    const expected = proxyUnderstands(bytes).requests.map(
      (request) => `${request.method} ${request.bodyBytes}`,
    );
    const client = await proxy.client();
    // Cut at odd places: what is one write here may be many there.
    for (let start = 0; start < bytes.length; start += 4099) client.send(bytes.slice(start, start + 4099));
    client.socket.end();
    await client.toEnd();
    client.close();
    assert.deepEqual(seen, expected, `${verdict}: ${JSON.stringify(bytes.slice(0, 200))}`);
  }
});

test('a refused request is answered with its status and ends the connection', async (t) => {
  const proxy = await RunningEngine.start(t, {});
  for (const { bytes, verdict } of corpus) {
    const client = await proxy.client();
    client.send(bytes);
    client.socket.end();
    const response = await client.toEnd();
    client.close();
    const last = response.lastIndexOf('HTTP/1.1 ');
    if (verdict === 200) assert.match(response.slice(last), /^HTTP\/1\.1 503 /);
    else if (
      verdict > 0 &&
      proxyUnderstands(bytes).requests.length === 0 &&
      !bytes.includes('chunked\r\n\r\n')
    ) {
      assert.match(response.slice(last), new RegExp(`^HTTP/1\\.1 ${verdict} `), JSON.stringify(bytes));
      assert.match(response.slice(last), /\r\nConnection: close\r\n/);
    }
  }
});
