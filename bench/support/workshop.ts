/** Where everything that the benchmark starts or writes is kept, and cleared away however it ends. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processTree, runs } from './processes.ts';

/** How long a process that was asked to end may take. */
const patienceMs = 5000;

export class Workshop implements Disposable {
  readonly #children = new Set<ChildProcess>();
  /** Processes that may outlive the one that started them: id, and a text of their command line to know them by. */
  readonly #strays = new Map<number, string>();
  readonly #directories = new Set<string>();

  constructor() {
    process.once('exit', () => this[Symbol.dispose]());
  }

  /** A new directory for temporary files. */
  directory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'elbow-bench-'));
    this.#directories.add(directory);
    return directory;
  }

  remove(directory: string): void {
    rmSync(directory, { recursive: true, force: true });
    this.#directories.delete(directory);
  }

  /** Starts a command with its output in our hands. */
  spawn(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    return this.#keep(
      spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } }),
    );
  }

  /** Starts one of the benchmark's own programs; resolves with the process and the first message it sends. */
  async fork<M>(program: string, argument: unknown): Promise<{ child: ChildProcess; ready: M }> {
    const path = fileURLToPath(new URL(`../programs/${program}.ts`, import.meta.url));
    const child = this.#keep(
      fork(path, [JSON.stringify(argument)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    const ended = new AbortController();
    child.once('exit', (code) => ended.abort(new Error(`${program} ended with ${code}`)));
    const [ready] = await once(child, 'message', { signal: ended.signal });
    return { child, ready };
  }

  /** Has a process ended too that outlives the one that started it. */
  adopt(pid: number, commandLineText: string): void {
    this.#strays.set(pid, commandLineText);
  }

  /** Asks a process to end, and makes it when it does not. */
  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const impatience = setTimeout(() => killTree(child), patienceMs);
      await exit;
      clearTimeout(impatience);
    }
    this.#children.delete(child);
  }

  /** Ends everything at once. It waits for nothing, so that it can run while this process exits. */
  [Symbol.dispose](): void {
    for (const child of this.#children) killTree(child);
    for (const [pid, text] of this.#strays) if (runs(pid, text)) kill(pid);
    for (const directory of this.#directories) rmSync(directory, { recursive: true, force: true });
    this.#children.clear();
    this.#strays.clear();
    this.#directories.clear();
  }

  #keep(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    return child;
  }
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  for (const pid of processTree(child.pid)) kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
