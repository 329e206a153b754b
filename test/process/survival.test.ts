/** Traffic goes on, whatever happens to the control plane. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { addMember, answerOf, type Balanced, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

test('a kill of the control plane fails no request, and changes after its return reach the same proxy', async () => {
  await using elbow = await ElbowProcess.start();
  await using first = await NamedMember.start('first');
  await using second = await NamedMember.start('second');
  const service = await balance(elbow.api, [first]);
  await until(async () => (await answerOf(service.url)) === 'first');
  const proxy = elbow.proxyPid();
  const load = new Load(service);
  try {
    await until(() => load.answered > 200);
    await elbow.signal('SIGKILL');
    await load.more(500);
    await elbow.restart();
    await load.more(200);
    await addMember(elbow.api, service.poolId, second.port);
    await until(() => load.names.has('second'));
  } finally {
    await load.stop();
  }
  assert.deepEqual(load.faults, []);
  assert.equal(elbow.proxyPid(), proxy);
  assert.deepEqual(await elbow.signal('SIGTERM'), { code: 0, signal: null });
  assert.equal(elbow.proxyPid(), null, 'the adopted proxy ends with it');
  assert.ok(await isRefused(service));
});

test('a connection through the proxy stays open while the control plane dies and returns', async () => {
  await using elbow = await ElbowProcess.start();
  const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  let client: Socket | null = null;
  try {
    const service = await balance(elbow.api, [echo.address() as AddressInfo], 'TCP');
    await until(async () => {
      client = connect(service.port, service.host);
      return once(client, 'connect').then(
        () => true,
        () => false,
      );
    });
    const socket = client as Socket | null;
    assert.ok(socket);
    const exchange = async (text: string) => {
      const heard = once(socket, 'data');
      socket.write(text);
      assert.equal(String((await heard)[0]), text);
    };
    await exchange('before');
    await elbow.signal('SIGKILL');
    await exchange('while it is gone');
    await elbow.restart();
    await exchange('after');
    await until(async () => (await elbow.api.get('/elbow/v1/proxies')).body.proxies.length === 1);
    await addMember(elbow.api, service.poolId, service.port);
    await exchange('after a change');
  } finally {
    (client as Socket | null)?.destroy();
    echo.close();
  }
});

test('a proxy that starts while the control plane is down serves its last configuration', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  await using added = await NamedMember.start('added');
  const service = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(service.url)) === 'member');
  // What came last is only a line behind the snapshot on disk; it is as good.
  await addMember(elbow.api, service.poolId, added.port);
  await until(async () => (await answerOf(service.url)) === 'added');
  await until(() => configurationOf(elbow).includes(`"port":${added.port}`));
  await elbow.signal('SIGKILL');
  const before = elbow.proxyPid();
  assert.ok(before);
  process.kill(before, 'SIGKILL');
  await until(async () => (await answerOf(service.url)) === null);

  await using _proxy = elbow.startProxy();
  const names = new Set<string | null>();
  await until(async () => names.add(await answerOf(service.url)).has('member') && names.has('added'));
});

test('a last configuration that is corrupt is left aside, and the control plane’s is served', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const service = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(service.url)) === 'member');
  const path = join(elbow.directory, 'proxy', 'configuration.ndjson');
  for (const text of [
    '{"source":',
    'null\n',
    '[]\n',
    '{"base":null}\n',
    '\0\0\0\n',
    '{"base":null,"pools":{"put":[null]}}\n',
  ]) {
    const before = elbow.proxyPid();
    assert.ok(before);
    writeFileSync(path, text);
    process.kill(before, 'SIGKILL');
    await until(() => elbow.proxyPid() !== before);
    await until(async () => (await answerOf(service.url)) === 'member');
    await until(() => configurationOf(elbow).includes(service.listenerId));
  }
});

test('a proxy that dies is started again', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const service = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(service.url)) === 'member');
  const before = elbow.proxyPid();
  assert.ok(before);
  process.kill(before, 'SIGKILL');
  await until(() => elbow.proxyPid() !== before);
  await until(async () => (await answerOf(service.url)) === 'member');
});

test('SIGTERM lets requests finish, ends with 0, and leaves no proxy and nothing listening', async () => {
  await using elbow = await ElbowProcess.start();
  let finish = () => {};
  const slow = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      finish = () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow');
    });
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  try {
    const service = await balance(elbow.api, []);
    await until(async () => (await fetch(service.url).catch(() => null))?.status === 503);
    await addMember(elbow.api, service.poolId, (slow.address() as AddressInfo).port);
    let status = 0;
    let body: Promise<string> | null = null;
    const idle = finish;
    const answer = until(async () => {
      const response = await fetch(service.url);
      status = response.status;
      body = response.text();
      return status !== 503;
    }, 20_000);
    await until(() => finish !== idle);
    const proxy = elbow.proxyPid();
    const url = elbow.api.url;
    assert.ok(proxy);
    const ended = elbow.signal('SIGTERM');
    await until(() => isRefused(service));
    finish();
    await answer;
    assert.equal(await body, 'slow');
    assert.deepEqual(await ended, { code: 0, signal: null });
    assert.throws(() => process.kill(proxy, 0), { code: 'ESRCH' });
    assert.ok(await isRefused(service));
    await assert.rejects(fetch(`${url}/healthz`));
  } finally {
    slow.close();
  }
});

async function isRefused({ host, port }: Balanced): Promise<boolean> {
  const socket = connect(port, host);
  const refused = await once(socket, 'connect').then(
    () => false,
    () => true,
  );
  socket.destroy();
  return refused;
}

function configurationOf(elbow: ElbowProcess): string {
  try {
    return readFileSync(join(elbow.directory, 'proxy', 'configuration.ndjson'), 'utf8');
  } catch {
    return '';
  }
}

/** Requests without a pause over a few connections, until it is stopped. */
class Load {
  answered = 0;
  readonly names = new Set<string>();
  readonly faults: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #done: Promise<unknown>;
  #stopped = false;

  constructor({ url }: Balanced) {
    this.#done = Promise.all(Array.from({ length: 4 }, () => this.#call(url)));
  }

  /** Resolves after so many more answers. */
  async more(answers: number): Promise<void> {
    const enough = this.answered + answers;
    await until(() => this.answered >= enough || this.faults.length > 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    this.#agent.destroy();
  }

  async #call(url: string): Promise<void> {
    while (!this.#stopped) {
      const fault = await new Promise<string | null>((resolve) => {
        get(url, { agent: this.#agent }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          response.on('end', () => {
            this.names.add(text);
            resolve(response.statusCode === 200 ? null : `status ${response.statusCode}`);
          });
        }).on('error', (error) => resolve(error.message));
      });
      if (fault === null) this.answered++;
      else this.faults.push(fault);
    }
  }
}
