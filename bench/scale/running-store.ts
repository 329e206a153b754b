/** `elbow serve` over a generated data directory, and how it came up. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../../test/support/api-client.ts';
import { main, urlSaidBy } from '../support/elbow-installation.ts';
import { residentBytes } from '../support/processes.ts';
import type { Workshop } from '../support/workshop.ts';
import type { Generated } from './generate.ts';

/** How long a proxy may take to run all that a store has. */
const proxyPatienceMs = 120_000;

export class RunningStore implements AsyncDisposable {
  readonly api: ApiClient;
  /** Of the control plane. */
  readonly pid: number;
  /** From the start of the process to the first answer of /healthz. */
  readonly startSeconds: number;
  readonly #workshop: Workshop;
  readonly #child: ChildProcess;

  private constructor(workshop: Workshop, child: ChildProcess, api: ApiClient, startSeconds: number) {
    this.#workshop = workshop;
    this.#child = child;
    this.api = api;
    this.pid = child.pid ?? 0;
    this.startSeconds = startSeconds;
  }

  static async start(
    workshop: Workshop,
    { directory, config }: Generated,
    withProxy: boolean,
  ): Promise<RunningStore> {
    const startedAt = performance.now();
    const child = workshop.spawn(process.execPath, [
      ...[main, 'serve', '--listen', '127.0.0.1:0', '--data', directory, '--config', config],
      ...['--workers', '1', ...(withProxy ? [] : ['--no-proxy'])],
    ]);
    child.stderr?.pipe(process.stderr);
    const url = await urlSaidBy(child);
    const health = await fetch(`${url}/healthz`);
    if (!health.ok) throw new Error(`/healthz answered ${health.status}`);
    const startSeconds = (performance.now() - startedAt) / 1000;
    child.stdout?.resume();
    const { project_id, user, password } = JSON.parse(
      readFileSync(join(directory, 'credentials.json'), 'utf8'),
    );
    const api = await ApiClient.login(url, project_id, user, password);
    return new RunningStore(workshop, child, api, startSeconds);
  }

  /** The resident memory of the control plane alone, in MiB. */
  residentMebibytes(): number {
    return residentBytes(this.pid, false) / 2 ** 20;
  }

  /** Resolves with the seconds until the local proxy says that it runs a revision of the store. */
  async proxyRuns(): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const { proxies } = (await this.api.get('/elbow/v1/proxies')).body;
      const seconds = (performance.now() - startedAt) / 1000;
      if (proxies.some(({ revision }: { revision: number | null }) => revision !== null)) return seconds;
      if (seconds * 1000 > proxyPatienceMs) throw new Error('the proxy runs no revision');
      await delay(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workshop.end(this.#child);
  }
}
