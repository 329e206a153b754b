/** Runs a proxy's workers: gives each the configuration, puts their reports together, replaces one that dies. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ConfigurationDelta, ListenerState, ProxyReport } from '../dataplane/configuration.ts';
import { proxyCounters, zeroes } from '../observe/traffic-counts.ts';
import type { AccessLogFile } from './access-log/access-log-file.ts';
import type { LogChunk } from './access-log/line-buffer.ts';
import { ConfigurationState } from './configuration-state.ts';
import { TrafficTotals } from './counters/traffic-totals.ts';
import type { LastConfiguration } from './last-configuration.ts';
import type { Log } from './log.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker-messages.ts';

export interface SupervisorOptions {
  readonly workers: number;
  readonly bindAny: boolean;
  readonly logLevel: string;
  readonly log: Log;
  readonly lastConfiguration: LastConfiguration;
  readonly accessLog: AccessLogFile;
  /** Called when what `report` says has changed. */
  readonly onReport: () => void;
}

/** How long a worker that died stays away, so that one that cannot live does not burn the processor. */
const restartDelayMs = 500;

/**
 * How long session tickets are sealed with one key. Whoever learns it can read the sessions of that time; whoever comes
 * back after it makes a full handshake once.
 */
const ticketKeysLifeMs = 60 * 60 * 1000;

/** Stands among the numbers of workers for the thread that they were started by. */
const mainThread = -1;

interface Running {
  readonly thread: Worker;
  readonly index: number;
  revision: number;
  readonly listeners: Map<string, ListenerState>;
}

const workerFile = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #state = new ConfigurationState();
  readonly #running = new Map<number, Running>();
  /** What the workers have counted so far. */
  readonly traffic = new TrafficTotals();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #stopping = false;
  /** Shared, so that a client may resume a session at whichever worker it reaches. */
  #ticketKeys = randomBytes(48);
  #renewal: NodeJS.Timeout | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** What this proxy runs, to open the configuration stream with. */
  get known(): { readonly source: string; readonly revision: number } | null {
    const { source, revision } = this.#state;
    return revision === null ? null : { source, revision };
  }

  /** Starts the workers on the last configuration. */
  async start(): Promise<void> {
    await this.#options.lastConfiguration.restore(this.#state);
    for (let index = 0; index < this.#options.workers; index++) this.#startWorker(index);
    this.#renewal = setInterval(() => this.#renewTicketKeys(), ticketKeysLifeMs);
  }

  /**
   * Passes a step of the configuration on to the workers.
   *
   * @returns false when it does not follow from what runs; then a snapshot is needed
   */
  apply(delta: ConfigurationDelta): boolean {
    if (!this.#state.apply(delta)) return false;
    for (const worker of this.#running.values()) {
      send(worker, { kind: 'apply', delta });
      const mayBeGone = delta.base === null ? worker.listeners.keys() : delta.listeners.remove;
      for (const id of mayBeGone) if (!this.#state.hasListener(id)) worker.listeners.delete(id);
    }
    this.#options.lastConfiguration.append(delta, this.#state);
    return true;
  }

  /** What every worker runs by now, and the state of every listener over all of them. */
  report(): ProxyReport {
    const workers = [...this.#running.values()];
    const complete = workers.length === this.#options.workers;
    const revision = complete ? Math.min(...workers.map((worker) => worker.revision)) : -1;
    const listeners = [...this.#state.listenerIds].flatMap((id) => this.#listenerState(id, workers) ?? []);
    return { source: this.#state.source, revision, listeners, removed: [] };
  }

  /** Forgets the counters of what is no more, once they have stood still for a while. */
  pruneTraffic(): void {
    this.traffic.prune((kind, id, parentId) => {
      if (kind === 'proxy') return true;
      if (kind === 'listener') return this.#state.hasListener(id);
      return kind === 'pool' ? this.#state.hasPool(id) : this.#state.hasMember(parentId, id);
    });
  }

  /** Lets connections finish, cuts them at the deadline, and ends the workers. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#renewal) clearInterval(this.#renewal);
    for (const timer of this.#restarts) clearTimeout(timer);
    const workers = [...this.#running.values()];
    const exits = workers.map(({ thread }) => once(thread, 'exit'));
    for (const worker of workers) send(worker, { kind: 'drain', deadlineMs });
    // A worker whose event loop is stuck never answers.
    const impatience = setTimeout(() => {
      for (const { thread } of workers) void thread.terminate();
    }, deadlineMs + 1000);
    await Promise.all(exits);
    clearTimeout(impatience);
    await this.#options.lastConfiguration.settled();
    await this.#options.accessLog.close();
  }

  /** Failed when it failed anywhere, listening when it listens everywhere, else not known yet. */
  #listenerState(id: string, workers: readonly Running[]): ListenerState | null {
    const states = workers.map(({ listeners }) => listeners.get(id));
    const failed = states.find((state) => state?.state === 'failed');
    if (failed) return failed;
    return states.length > 0 && states.every((state) => state?.state === 'listening')
      ? { id, state: 'listening' }
      : null;
  }

  #startWorker(index: number): void {
    const { bindAny, logLevel, log } = this.#options;
    const data: WorkerData = { index, bindAny, logLevel };
    const thread = new Worker(workerFile, { workerData: data, name: `proxy-worker-${index}` });
    const worker: Running = { thread, index, revision: -1, listeners: new Map() };
    this.#running.set(index, worker);
    thread.on('message', (message: FromWorker) => this.#hear(worker, message));
    thread.on('error', (error) => log.error({ err: error, worker: index }, 'a worker failed'));
    thread.on('exit', () => this.#exited(worker));
    send(worker, { kind: 'ticket-keys', keys: this.#ticketKeys });
    const snapshot = this.#state.snapshot();
    if (snapshot) send(worker, { kind: 'apply', delta: snapshot });
  }

  #renewTicketKeys(): void {
    this.#ticketKeys = randomBytes(48);
    for (const worker of this.#running.values())
      send(worker, { kind: 'ticket-keys', keys: this.#ticketKeys });
  }

  #exited({ index }: Running): void {
    this.#running.delete(index);
    this.traffic.forgetWorker(index);
    if (this.#stopping) return;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#startWorker(index);
    }, restartDelayMs);
    this.#restarts.add(timer);
    this.#options.onReport();
  }

  #hear(worker: Running, message: FromWorker): void {
    if (message.kind === 'applied') worker.revision = message.revision;
    else if (message.kind === 'listener' && this.#state.hasListener(message.state.id)) {
      worker.listeners.set(message.state.id, message.state);
    } else {
      if (message.kind === 'traffic') this.traffic.add(worker.index, message.rows);
      if (message.kind === 'access-log') void this.#logAccess(worker, message.chunk);
      return;
    }
    this.#options.onReport();
  }

  async #logAccess(worker: Running, chunk: LogChunk): Promise<void> {
    const { accessLog } = this.#options;
    await accessLog.append(chunk);
    send(worker, { kind: 'logged' });
    const values = zeroes('proxy');
    values[proxyCounters.linesWritten] = accessLog.written;
    values[proxyCounters.linesDropped] = accessLog.dropped;
    this.traffic.add(mainThread, [{ kind: 'proxy', id: 'proxy', parentId: '', values: [...values] }]);
  }
}

function send({ thread }: Running, message: ToWorker): void {
  thread.postMessage(message);
}
