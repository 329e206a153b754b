/** Load: connections that each send a request, wait for the answer, and send the next. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { programVersion } from './versions.ts';
import type { Workshop } from './workshop.ts';

export interface Load {
  readonly host: string;
  readonly port: number;
  /** Whether connections speak TLS; the certificate is not checked. */
  readonly isSecure: boolean;
  readonly connections: number;
  readonly seconds: number;
  /** Whether each request is the only one of its connection. */
  readonly reconnects: boolean;
  /** Where the requests go: a query that is another one each time follows. */
  readonly path: string;
}

/** Calls of the API: a body is sent with each, in which `{ip}` stands for another loopback address each time. */
export interface ApiLoad extends Load {
  readonly token: string;
  readonly body: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly bytes: number;
  /** How long it really took. */
  readonly seconds: number;
  /** Answers other than 2xx or 3xx, and connections that broke. */
  readonly errors: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  readonly name: string;
  run(load: Load): Promise<LoadResult>;
}

/** Headers as a client library sends them, the same on each request. */
export const requestHeaders = ['User-Agent: elbow-bench/1', 'Accept: */*', 'Accept-Encoding: gzip, deflate'];

/** `wrk` when it is installed, else our own generator. */
export function bestGenerator(workshop: Workshop): LoadGenerator {
  const version = programVersion('wrk', ['-v'], /(?:wrk debian\/|wrk )(\d[\d.]*)/);
  return version === null ? ownGenerator(workshop) : wrk(workshop, version);
}

/** Our own, in Node: it reads in larger pieces than wrk, which bulk needs. */
export function ownGenerator(workshop: Workshop): LoadGenerator {
  return { name: 'its own Node generator', run: (load) => runOwn(workshop, load) };
}

/** Datagrams instead of requests: each connection sends one, waits for its echo, and sends the next. */
export function datagramGenerator(workshop: Workshop): LoadGenerator {
  return {
    name: 'its own Node generator of datagrams',
    run: async (load) => {
      const { child, ready } = await workshop.fork<LoadResult>('datagram-client', load);
      await workshop.end(child);
      return ready;
    },
  };
}

/** Runs our own generator, which can also call the API. */
export async function runOwn(workshop: Workshop, load: Load | ApiLoad): Promise<LoadResult> {
  const { child, ready } = await workshop.fork<LoadResult>('load-client', load);
  await workshop.end(child);
  return ready;
}

function wrk(workshop: Workshop, version: string): LoadGenerator {
  const script = fileURLToPath(new URL('../programs/load.lua', import.meta.url));
  return {
    name: `wrk ${version}`,
    run: async ({ host, port, isSecure, connections, seconds, reconnects, path }) => {
      const headers = reconnects ? [...requestHeaders, 'Connection: close'] : requestHeaders;
      const child = workshop.spawn('wrk', [
        ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
        ...[
          '--timeout',
          '10s',
          '--script',
          script,
          `${isSecure ? 'https' : 'http'}://${host}:${port}/`,
          '--',
          path,
          headers.join('\n'),
        ],
      ]);
      const output = await outputOf(child);
      await workshop.end(child);
      const result = output.split('\n').find((line) => line.startsWith('{'));
      if (result === undefined) throw new Error(`wrk said: ${output}`);
      return JSON.parse(result) as LoadResult;
    },
  };
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  return output;
}
