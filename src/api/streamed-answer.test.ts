import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type StreamedAnswerOptions, sendStream } from './streamed-answer.ts';

/** A client, not yet reading, of a server that streams the pieces; `over` resolves when the answer is. */
async function streaming(
  t: TestContext,
  pieces: (signal: AbortSignal) => AsyncIterable<string>,
  options: StreamedAnswerOptions,
): Promise<{ client: Socket; over: Promise<void> }> {
  let ended: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const server = createServer((_request, response) => {
    response.writeHead(200);
    void sendStream(response, pieces, options).then(ended);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  t.after(() => {
    client.destroy();
    server.close();
  });
  client.pause().write('GET / HTTP/1.0\r\n\r\n');
  return { client, over };
}

const running = () => new AbortController().signal;

describe('a streamed answer', () => {
  it('cuts a client that does not read, having asked for little more than it took', async (t) => {
    let asked = 0;
    const piece = 'x'.repeat(64 * 1024);
    async function* endless() {
      for (;;) {
        asked += piece.length;
        yield piece;
      }
    }
    const { client, over } = await streaming(t, endless, { stopping: running(), stallMs: 100 });
    await over;
    assert.ok(asked < 64 * 1024 * 1024, 'what the kernels hold, and no more');
    const closed = once(client, 'close');
    client.resume();
    await closed;
  });

  it('tells the pieces when the client is gone', async (t) => {
    let isTold: Promise<unknown> = Promise.resolve();
    async function* waiting(signal: AbortSignal) {
      yield 'first';
      isTold = once(signal, 'abort');
      await isTold;
    }
    const { client, over } = await streaming(t, waiting, { stopping: running() });
    await once(client.resume(), 'data');
    client.destroy();
    await over;
    await isTold;
  });

  it('ends when the server stops', async (t) => {
    const stopping = new AbortController();
    async function* waiting(signal: AbortSignal) {
      yield 'first';
      await once(signal, 'abort');
    }
    const { client, over } = await streaming(t, waiting, { stopping: stopping.signal });
    await once(client, 'connect');
    stopping.abort();
    await over;
    client.resume();
    await once(client, 'close');
  });
});
