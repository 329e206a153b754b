/** The configuration stream's end in the proxy: connects, reconnects, takes deltas, sends reports. */
import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import {
  type ConfigurationDelta,
  heartbeatMs,
  type ListenerState,
  type ProxyReport,
  streamPath,
  streamProtocol,
} from '../dataplane/configuration.ts';
import { trafficReports } from '../observe/traffic-lines.ts';
import type { TrafficChanges } from './counters/traffic-totals.ts';
import { parseDelta } from './delta-line.ts';
import type { Log } from './log.ts';

export interface StreamClientOptions {
  /**
   * The control plane's URL, or a `file:` URL of a file that holds `{ "url", "token", "certificate" }` and is read
   * before each attempt: the local control plane may come back under another port, or another certificate.
   */
  readonly control: URL;
  /** Not needed when the file holds it. */
  readonly token: string;
  /** PEM of the authorities, or of the control plane's own certificate, to trust instead of the system's. */
  readonly authority: string | null;
  /** How the proxy calls itself. */
  readonly name: string;
  readonly log: Log;
  readonly known: () => { readonly source: string; readonly revision: number } | null;
  /** Takes a delta; false asks for a snapshot. */
  readonly apply: (delta: ConfigurationDelta) => boolean;
  readonly report: () => ProxyReport;
  /** What changed in the counters since the last call, or all of them. */
  readonly traffic: (knowsNothing: boolean) => TrafficChanges;
}

/** A certificate of the list is trusted even where it is not its own issuer. */
function trustOnly(ca: string): ConnectionOptions {
  return { ca, allowPartialTrustChain: true };
}

const anyName: ConnectionOptions = { checkServerIdentity: () => undefined };

/** How often the counters are sent. */
const trafficIntervalMs = 3000;

const minRetryMs = 50;
const maxRetryMs = 1000;

export class StreamClient {
  readonly #options: StreamClientOptions;
  readonly #ended = new AbortController();
  #socket: Duplex | null = null;
  #retryMs = minRetryMs;
  #timer: NodeJS.Timeout | null = null;
  #reporting: NodeJS.Immediate | null = null;
  /** Whether the next connection must bring a snapshot. */
  #lost = false;
  #reported = new Map<string, ListenerState>();
  #reportedRevision: number | null = null;
  #lastFault = '';

  constructor(options: StreamClientOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#connect();
  }

  stop(): void {
    this.#ended.abort();
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#reporting) clearImmediate(this.#reporting);
    this.#socket?.destroy();
  }

  /**
   * Sends what has changed since the last report; called whenever something may have. Calls of one turn of the event loop
   * are one report: each looks at every listener, and ten thousand may begin to listen at once.
   */
  report(): void {
    this.#reporting ??= setImmediate(() => {
      this.#reporting = null;
      this.#sendReport();
    });
  }

  #sendReport(): void {
    const socket = this.#socket;
    if (!socket) return;
    const { source, revision, listeners } = this.#options.report();
    const present = new Set(listeners.map(({ id }) => id));
    const changed = listeners.filter((state) => !isSame(state, this.#reported.get(state.id)));
    const removed = [...this.#reported.keys()].filter((id) => !present.has(id));
    if (changed.length === 0 && removed.length === 0 && revision === this.#reportedRevision) return;
    this.#reported = new Map(listeners.map((state) => [state.id, state]));
    this.#reportedRevision = revision;
    socket.write(
      `${JSON.stringify({ source, revision, listeners: changed, removed } satisfies ProxyReport)}\n`,
    );
  }

  /** False when nothing was sent: one who reads too slowly gets the newest counters later, not all of them. */
  #reportTraffic(socket: Duplex, isFirst: boolean): boolean {
    if (socket.writableNeedDrain) return false;
    const { source, revision } = this.#options.report();
    for (const traffic of trafficReports(this.#options.traffic(isFirst))) {
      const report: ProxyReport = { source, revision, listeners: [], removed: [], traffic };
      socket.write(`${JSON.stringify(report)}\n`);
    }
    return true;
  }

  async #connect(): Promise<void> {
    try {
      const { url, token, trust } = await this.#control();
      const known = this.#lost ? null : this.#options.known();
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(new URL(streamPath, url), {
        ...trust,
        signal: this.#ended.signal,
        headers: {
          authorization: `Bearer ${token}`,
          connection: 'Upgrade',
          upgrade: streamProtocol,
          'x-elbow-proxy': this.#options.name,
          ...(known ? { 'x-elbow-source': known.source, 'x-elbow-revision': String(known.revision) } : {}),
        },
      });
      request.setTimeout(3 * heartbeatMs, () =>
        request.destroy(new Error('the control plane does not answer')),
      );
      request.on('error', (error) => this.#retry(error.message));
      request.on('response', (response) => {
        response.resume();
        this.#retry(
          `the control plane answered ${response.statusCode}${response.statusCode === 401 ? ': the token is wrong' : ''}`,
        );
      });
      request.on('upgrade', (_response, socket, head) => {
        socket.setTimeout(0);
        this.#serve(socket, head);
      });
      request.end();
    } catch (error) {
      this.#retry((error as Error).message);
    }
  }

  async #control(): Promise<{ url: URL; token: string; trust: ConnectionOptions }> {
    const { control, token, authority } = this.#options;
    if (control.protocol !== 'file:') {
      return { url: control, token, trust: authority === null ? {} : trustOnly(authority) };
    }
    const written = JSON.parse(await readFile(fileURLToPath(control), 'utf8')) as {
      url: string;
      token: string;
      certificate: string | null;
    };
    // It is the certificate itself that is expected here, whatever names it is for.
    const trust = written.certificate === null ? {} : { ...trustOnly(written.certificate), ...anyName };
    return { url: new URL(written.url), token: written.token, trust };
  }

  #serve(socket: import('node:net').Socket, head: Buffer): void {
    const { log, apply } = this.#options;
    this.#socket = socket;
    this.#retryMs = minRetryMs;
    this.#lost = false;
    this.#lastFault = '';
    this.#reported = new Map();
    this.#reportedRevision = null;
    log.info({}, 'connected to the control plane');
    socket.setNoDelay(true);
    // Counted rather than timed by the socket, whose idle time ends with each heartbeat of our own.
    let silentBeats = 0;
    const heartbeat = setInterval(() => {
      if (++silentBeats > 3) socket.destroy();
      else socket.write('\n');
    }, heartbeatMs);
    let knowsTraffic = false;
    const tellTraffic = () => {
      knowsTraffic = this.#reportTraffic(socket, !knowsTraffic) || knowsTraffic;
    };
    const counting = setInterval(tellTraffic, trafficIntervalMs);
    if (head.length > 0) socket.unshift(head);
    socket.on('data', () => {
      silentBeats = 0;
    });
    createInterface({ input: socket }).on('line', (line) => {
      if (line === '' || this.#lost) return;
      const delta = parseDelta(line);
      if (delta && apply(delta)) return;
      if (!delta) log.error({}, 'the control plane sent what is no configuration; asking for all of it');
      this.#lost = true;
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(heartbeat);
      clearInterval(counting);
      this.#socket = null;
      this.#retry('the connection to the control plane was lost');
    });
    this.report();
    tellTraffic();
  }

  #retry(fault: string): void {
    if (this.#ended.signal.aborted || this.#timer) return;
    if (fault !== this.#lastFault) {
      this.#options.log.warn({ fault }, 'the control plane cannot be reached; serving goes on as configured');
    }
    this.#lastFault = fault;
    const waitMs = this.#retryMs * (0.5 + Math.random());
    this.#retryMs = Math.min(2 * this.#retryMs, maxRetryMs);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#connect();
    }, waitMs);
  }
}

function isSame(state: ListenerState, reported: ListenerState | undefined): boolean {
  if (state.state !== reported?.state) return false;
  return state.state !== 'failed' || reported.state !== 'failed' || state.reason === reported.reason;
}
