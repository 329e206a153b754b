/** A peer: anything that can stand between clients and a member, Elbow among them. */
import type { ChildProcess } from 'node:child_process';
import { freePort, untilAnswered, untilEchoed } from '../support/sockets.ts';
import type { Workshop } from '../support/workshop.ts';

/** What clients speak; members of `https` are spoken to in HTTP, as those of `http`. */
export type Mode = 'http' | 'https' | 'tcp' | 'udp';

export interface PeerSetup {
  readonly workshop: Workshop;
  readonly mode: Mode;
  /** Where the one member listens, on 127.0.0.1. */
  readonly memberPort: number;
}

export interface Peer {
  readonly name: string;
  /** Null when it is not there. */
  readonly version: string | null;
  /** Why it cannot do this, if it cannot. */
  readonly lacks?: (mode: Mode) => string | null;
  /** Starts it with one worker; resolves when the member answers through it. */
  start(setup: PeerSetup): Promise<RunningPeer>;
}

export interface RunningPeer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The process that carries the traffic; its descendants count with it. */
  readonly pid: number;
  /** The process that only gives orders, if it is another one. */
  readonly controlPid: number | null;
}

/** Why a peer cannot be measured, or null when it can. */
export function absence({ version, lacks }: Peer, mode: Mode): string | null {
  return version === null ? 'not installed' : (lacks?.(mode) ?? null);
}

/** How a peer that is one process of its own is started on a port. */
type Launch = (port: number) => ChildProcess | Promise<ChildProcess>;

/** Starts a peer that is one process of its own, and waits until the member answers through it. */
export async function startOnFreePort(
  workshop: Workshop,
  mode: Mode,
  launch: Launch,
  cleanUp: () => void = () => {},
): Promise<RunningPeer> {
  const host = '127.0.0.1';
  const port = await freePort(host);
  const child = await launch(port);
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2000);
  });
  // What nobody reads would fill the pipe and stop the writer.
  child.stdout?.resume();
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  try {
    await untilServing(mode, host, port, () => failure !== null || child.exitCode !== null);
  } catch (error) {
    await workshop.end(child);
    cleanUp();
    throw new Error(`${(error as Error).message}; it said: ${output}`, { cause: error });
  }
  return {
    host,
    port,
    pid: child.pid ?? 0,
    controlPid: null,
    [Symbol.asyncDispose]: async () => {
      await workshop.end(child);
      cleanUp();
    },
  };
}

/** Waits until the member answers through a proxy, in the way of the mode. */
export function untilServing(
  mode: Mode,
  host: string,
  port: number,
  gone: () => boolean = () => false,
): Promise<void> {
  return mode === 'udp'
    ? untilEchoed(host, port, { gone })
    : untilAnswered(host, port, { isSecure: mode === 'https', gone });
}
