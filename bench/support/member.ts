/** The member behind every proxy: one process of `programs/member.ts`. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Workshop } from './workshop.ts';

/** What the program is told: addresses, and on how many ports of each it is to listen. */
export interface MemberSetup {
  readonly addresses: readonly string[];
  readonly portsPerAddress: number;
}

export interface MemberCounts {
  readonly connections: number;
  readonly requests: number;
}

export class MemberProcess implements AsyncDisposable {
  /** All of the first address, then all of the second, and so on. */
  readonly ports: readonly number[];
  readonly #child: ChildProcess;
  readonly #workshop: Workshop;

  private constructor(workshop: Workshop, child: ChildProcess, ports: readonly number[]) {
    this.#workshop = workshop;
    this.#child = child;
    this.ports = ports;
  }

  /** Starts one that listens on free ports. */
  static async start(
    workshop: Workshop,
    setup: MemberSetup = { addresses: ['127.0.0.1'], portsPerAddress: 1 },
  ): Promise<MemberProcess> {
    const { child, ready } = await workshop.fork<{ ports: number[] }>('member', setup);
    return new MemberProcess(workshop, child, ready.ports);
  }

  /** The first port. */
  get port(): number {
    return this.ports[0] ?? 0;
  }

  /** What it has served so far. */
  async counts(): Promise<MemberCounts> {
    this.#child.send('count');
    const [counts] = await once(this.#child, 'message');
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workshop.end(this.#child);
  }
}
