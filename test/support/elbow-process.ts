/** The product as users run it: a process of `elbow serve` with its proxy, over a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ApiClient } from './api-client.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const environment = {
  ELBOW_PROJECT_ID: '057ef081eb00d2732fd1c01a9be75e6f',
  ELBOW_ACCESS_KEY: 'TESTAK0123456789',
  ELBOW_SECRET_KEY: 'testsk-secret-0123456789',
  ELBOW_USER: 'elbow',
  ELBOW_PASSWORD: 'correct-password',
};

export class ElbowProcess implements AsyncDisposable {
  readonly #parent = mkdtempSync(join(tmpdir(), 'elbow-process-'));
  /** The data directory, which the first start makes. */
  readonly directory = join(this.#parent, 'data');
  readonly projectId = environment.ELBOW_PROJECT_ID;
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #api: ApiClient | null = null;
  /** Everything it has written to standard error. */
  log = '';
  /** What the last start has written to standard output. */
  output = '';

  private constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#args = args;
    this.#environment = environment;
  }

  /**
   * Starts `elbow serve` on a free port, by default with one worker.
   *
   * @param more environment variables beside, or instead of, those that the tests usually set
   */
  static async start(
    args: readonly string[] = ['--workers', '1'],
    more: Readonly<Record<string, string>> = {},
  ): Promise<ElbowProcess> {
    const elbow = new ElbowProcess(args, more);
    try {
      await elbow.restart();
      return elbow;
    } catch (error) {
      await elbow[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it again over the same data directory. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, [main, 'serve', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        ELBOW_LISTEN: '127.0.0.1:0',
        ELBOW_DATA: this.directory,
        ...this.#environment,
      },
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    this.output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      this.output += text;
      const url = /ELB v3 API at (https?:\S+)/.exec(this.output)?.[1];
      if (!url) continue;
      const made = join(this.directory, 'tls', 'certificate.pem');
      if (existsSync(made)) setDefaultCACertificates([readFileSync(made, 'utf8')]);
      this.#api = await ApiClient.login(
        url,
        this.projectId,
        environment.ELBOW_USER,
        environment.ELBOW_PASSWORD,
      );
      return;
    }
    throw new Error(`elbow serve ended: ${this.log}`);
  }

  get api(): ApiClient {
    if (!this.#api) throw new Error('elbow serve is not running');
    return this.#api;
  }

  /** Starts a proxy by itself over the same data, as the control plane would. */
  startProxy(): AsyncDisposable {
    const control = pathToFileURL(join(this.directory, 'control.json')).href;
    const args = [main, 'proxy', '--control', control, '--data', join(this.directory, 'proxy')];
    const child = spawn(process.execPath, [...args, '--workers', '1'], { stdio: 'ignore' });
    return {
      [Symbol.asyncDispose]: async () => {
        const exit = once(child, 'exit');
        if (child.kill('SIGKILL')) await exit;
      },
    };
  }

  /** The process id of the control plane, or null when it does not run. */
  get pid(): number | null {
    const child = this.#child;
    return child && child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null;
  }

  /** Ends the control plane with a signal and resolves with how it ended. */
  async signal(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const child = this.#child;
    if (!child || this.pid === null) return { code: null, signal: null };
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code, by] = await exit;
    return { code, signal: by };
  }

  /** The process id of the proxy beside the control plane, or null when there is none. */
  proxyPid(): number | null {
    try {
      return JSON.parse(readFileSync(join(this.directory, 'proxy', 'process.json'), 'utf8')).pid;
    } catch {
      return null;
    }
  }

  /** Leaves nothing behind, whatever a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Asked first, since it knows of a proxy that it has only just started.
    const impatience = setTimeout(() => void this.signal('SIGKILL'), 3000);
    await this.signal('SIGTERM');
    clearTimeout(impatience);
    const orphan = this.proxyPid();
    if (orphan !== null) {
      try {
        process.kill(orphan, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
    rmSync(this.#parent, { recursive: true, force: true, maxRetries: 10 });
  }
}
