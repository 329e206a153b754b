/** The proxy beside the control plane: a process of its own that outlives a control plane that dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Logger } from '../observe/log.ts';
import { DirectoryInUse, DirectoryLock } from '../store/directory-lock.ts';

export interface LocalProxyOptions {
  /** The data directory of the control plane. */
  readonly directory: string;
  readonly workers: number;
  readonly bindAny: boolean;
  /** A file, `-` for standard output, null for the usual file. */
  readonly accessLog: string | null;
  readonly accessLogSizeMib: number;
  readonly accessLogFiles: number;
  readonly logLevel: string;
  readonly log: Logger;
}

/** How soon a proxy that ended by itself is started again. */
const restartDelayMs = 1000;

/** How often an adopted proxy, which is no child of ours, is looked after. */
const watchMs = 500;

/** What a proxy writes of itself into its directory. */
export const processFile = 'process.json';

export class LocalProxy {
  readonly #options: LocalProxyOptions;
  readonly #directory: string;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: LocalProxyOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'proxy');
  }

  /** Starts the proxy, or takes over the one that an earlier control plane left serving. */
  start(): void {
    if (this.#isServed()) {
      this.#options.log.info('the proxy of an earlier run still serves and is kept');
      this.#watch();
    } else {
      this.#spawn();
    }
  }

  /** Asks the proxy to drain and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#child) {
      const exit = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exit;
      return;
    }
    const pid = this.#isServed() ? this.#adoptedPid() : null;
    if (pid === null) return;
    try {
      process.kill(pid, 'SIGTERM');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    while (this.#isServed()) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** The process that serves and is no child of ours; null when it does not say. */
  #adoptedPid(): number | null {
    try {
      const { pid } = JSON.parse(readFileSync(join(this.#directory, processFile), 'utf8'));
      return Number.isInteger(pid) ? pid : null;
    } catch (error) {
      this.#options.log.error({ err: error }, 'the proxy cannot be told to end: its process is not known');
      return null;
    }
  }

  #isServed(): boolean {
    try {
      DirectoryLock.take(this.#directory).release();
      return false;
    } catch (error) {
      if (error instanceof DirectoryInUse) return true;
      throw error;
    }
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      if (this.#isServed()) this.#watch();
      else this.#spawn();
    }, watchMs);
  }

  #spawn(): void {
    const { directory, workers, bindAny, logLevel, log } = this.#options;
    const { accessLog, accessLogSizeMib, accessLogFiles } = this.#options;
    const main = fileURLToPath(
      new URL(`./main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    );
    const control = pathToFileURL(join(directory, 'control.json')).href;
    const args = [
      main,
      'proxy',
      '--control',
      control,
      '--data',
      this.#directory,
      '--workers',
      String(workers),
      '--access-log-size',
      String(accessLogSizeMib),
      '--access-log-files',
      String(accessLogFiles),
    ];
    if (accessLog !== null) args.push('--access-log', accessLog === '-' ? '-' : resolve(accessLog));
    if (bindAny) args.push('--bind', 'any');
    // Detached, so that neither our death nor a signal to our terminal ends it.
    const child = spawn(process.execPath, args, {
      detached: true,
      stdio: ['ignore', accessLog === '-' ? 'inherit' : 'ignore', 'inherit'],
      env: { ...process.env, ELBOW_LOG_LEVEL: logLevel },
    });
    this.#child = child;
    child.unref();
    child.on('error', (error) => {
      log.error({ err: error }, 'the proxy could not be started');
      this.#respawn();
    });
    child.on('exit', (code, signal) => {
      if (!this.#stopping) log.error({ code, signal }, 'the proxy ended and is started again');
      this.#respawn();
    });
  }

  #respawn(): void {
    this.#child = null;
    if (!this.#stopping) this.#timer = setTimeout(() => this.#spawn(), restartDelayMs);
  }
}
