/** Proxies elsewhere, and what the control plane says of them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

test('a proxy started by hand serves what the control plane configures, and ends cleanly', async () => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  await using member = await NamedMember.start('member');
  await using proxy = ProxyProcess.start(elbow, tokenOf(elbow), ['--name', 'edge-1']);
  const service = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(service.url)) === 'member');
  const state = async () => (await elbow.api.get('/elbow/v1/proxies')).body.proxies;
  await until(async () => (await state())[0].listeners.length === 1);
  const [shown] = await state();
  assert.equal(shown.name, 'edge-1');
  assert.deepEqual(shown.listeners, [{ id: service.listenerId, state: 'listening' }]);
  assert.ok(shown.revision > 0);
  assert.equal(await proxy.stop(), 0);
  await until(async () => (await state()).length === 0);
  assert.equal(await answerOf(service.url), null);
});

test('a proxy with a wrong token is refused, and both ends say so', async () => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  await using proxy = ProxyProcess.start(elbow, 'not-the-token', ['--name', 'stranger']);
  await until(() => /token is wrong/.test(proxy.log));
  await until(() => /"proxy":"stranger".*a proxy presented a wrong token/.test(elbow.log));
  assert.deepEqual((await elbow.api.get('/elbow/v1/proxies')).body.proxies, []);
  assert.ok(!proxy.log.includes('not-the-token') && !elbow.log.includes('not-the-token'));
});

test('every worker of a proxy serves', async () => {
  await using elbow = await ElbowProcess.start(['--workers', '2']);
  await using member = await NamedMember.start('member');
  const service = await balance(elbow.api, [member]);
  await until(async () => {
    const [proxy] = (await elbow.api.get('/elbow/v1/proxies')).body.proxies;
    return proxy?.listeners[0]?.state === 'listening';
  });
  for (let request = 0; request < 20; request++) assert.equal(await answerOf(service.url), 'member');
});

test('a listener whose port is taken is shown as failed, and listens once the port is free', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const service = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(service.url)) === 'member');
  const { api } = elbow;
  const path = `/elb/listeners/${service.listenerId}`;
  const { listener } = (await api.get(path)).body;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, service.host, resolve));
  const { port } = other.address() as { port: number };
  try {
    const taken = await api.create('/elb/listeners', {
      listener: {
        loadbalancer_id: listener.loadbalancers[0].id,
        protocol: 'HTTP',
        protocol_port: port,
      },
    });
    const state = async () => {
      const [proxy] = (await api.get('/elbow/v1/proxies')).body.proxies;
      return proxy?.listeners.find(({ id }: { id: string }) => id === taken.id);
    };
    await until(async () => (await state())?.state === 'failed');
    assert.match((await state()).reason, /taken by another program/);
    assert.equal(await answerOf(service.url), 'member', 'the others go on');
    await new Promise((resolve) => other.close(resolve));
    await until(async () => (await state())?.state === 'listening', 30_000);
    assert.equal((await fetch(`http://${service.host}:${port}/`)).status, 503, 'it has no pool');
    assert.equal((await api.delete(`/elb/listeners/${taken.id}`)).status, 204);
    await until(async () => (await state()) === undefined);
  } finally {
    other.close();
  }
});

function tokenOf(elbow: ElbowProcess): string {
  return JSON.parse(readFileSync(join(elbow.directory, 'credentials.json'), 'utf8')).proxy_token;
}

/** A process of `elbow proxy`. */
class ProxyProcess implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'elbow-proxy-'));
  readonly #child: ChildProcess;
  log = '';

  private constructor(control: string, token: string, args: readonly string[]) {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    this.#child = spawn(process.execPath, [main, 'proxy', '--workers', '1', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ELBOW_CONTROL: control, ELBOW_TOKEN: token, ELBOW_DATA: this.#directory },
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
  }

  static start(elbow: ElbowProcess, token: string, args: readonly string[] = []): ProxyProcess {
    return new ProxyProcess(elbow.api.url, token, args);
  }

  /** The exit code after SIGTERM. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const exit = once(this.#child, 'exit');
    if (!this.#child.kill(signal)) return this.#child.exitCode;
    const [code] = await exit;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
