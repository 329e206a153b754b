import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { MemberConfiguration } from '../../src/dataplane/configuration.ts';

/** Listens with the shortest backlog and then never turns its event loop again. */
const LISTENER = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setTimeout(() => Atomics.wait(new Int32Array(workerData), 0, 0), 10);
});
`;

/** A member whose host drops connection requests in silence, as a dead machine does: its backlog is full. */
export class DeafMember {
  readonly #worker: Worker;
  readonly #gate: SharedArrayBuffer;
  readonly #port: number;
  readonly #fillers: Socket[];

  private constructor(worker: Worker, gate: SharedArrayBuffer, port: number, fillers: Socket[]) {
    this.#worker = worker;
    this.#gate = gate;
    this.#port = port;
    this.#fillers = fillers;
  }

  static async start(t: TestContext): Promise<DeafMember> {
    const gate = new SharedArrayBuffer(4);
    const worker = new Worker(LISTENER, { eval: true, workerData: gate });
    const [port] = (await once(worker, 'message')) as [AddressInfo['port']];
    await new Promise((resolve) => setTimeout(resolve, 50));
    // The kernel takes backlog + 1 connections without anybody accepting them.
    const fillers = Array.from({ length: 8 }, () =>
      connect({ port, host: '127.0.0.1' }).on('error', () => {}),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const member = new DeafMember(worker, gate, port, fillers);
    t.after(() => member.close());
    return member;
  }

  configuration(): MemberConfiguration {
    return { id: 'deaf', address: '127.0.0.1', port: this.#port, weight: 1, healthy: true, standby: false };
  }

  async close(): Promise<void> {
    for (const filler of this.#fillers) filler.destroy();
    Atomics.store(new Int32Array(this.#gate), 0, 1);
    Atomics.notify(new Int32Array(this.#gate), 0);
    await this.#worker.terminate();
  }
}
