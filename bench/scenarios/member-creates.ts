import { closeSync, fsyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ElbowInstallation } from '../support/elbow-installation.ts';
import { runOwn } from '../support/load.ts';
import { processorSeconds } from '../support/processes.ts';
import { percentile, spread } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { Scenario } from './scenario.ts';

const callers = 64;

/** What statfs calls a file system that lives in memory. */
const tmpfs = 0x01021994;

/** Members created one by one through the API, each answered only when it is on disk. */
export const memberCreates: Scenario = {
  key: 'creates',
  title: 'durable member creates',
  run: async ({ workshop, rounds, seconds, progress }) => {
    await using elbow = await ElbowInstallation.start(workshop);
    const { api, pid } = elbow;
    const { hostname, port } = new URL(api.url);
    const rates: number[] = [];
    const latenciesMs: number[] = [];
    const costs: number[] = [];
    // Round 0 warms up. Each has a pool of its own, so that addresses are free again.
    for (let round = 0; round <= rounds; round++) {
      const { membersPath } = await elbow.listen('HTTP');
      const before = processorSeconds(pid);
      const result = await runOwn(workshop, {
        ...{
          host: hostname,
          port: Number(port),
          connections: callers,
          seconds,
          isSecure: false,
          reconnects: false,
        },
        path: `/v3/${api.projectId}${membersPath}`,
        token: api.headers['x-auth-token'] ?? '',
        body: '{"member":{"address":"{ip}","protocol_port":80,"weight":1}}',
      });
      if (result.errors > 0) throw new Error(`${result.errors} of ${result.requests} creates failed`);
      if (round === 0) continue;
      rates.push(result.requests / result.seconds);
      latenciesMs.push(result.p99Ms);
      costs.push(((processorSeconds(pid) - before) / result.requests) * 1e6);
      progress(
        `round ${round}: ${Math.round(rates.at(-1) ?? 0)} a second, p99 ${result.p99Ms.toFixed(1)} ms`,
      );
    }
    const subject = `elbow ${ownVersion()}`;
    const target = { text: 'at least 5,000 a second', isMet: spread(rates).median >= 5000 };
    const measure = `durable member creates, ${callers} callers`;
    const note = `${Math.round(spread(costs).median)} µs of the control plane each; ${diskNote(elbow.directory)}`;
    return [
      { measure, unit: 'a second', subject, values: rates, target, note },
      { measure: `${measure}: p99`, unit: 'ms', subject, values: latenciesMs },
    ];
  },
};

/** How long the disk under the data takes to make a page durable. */
function diskNote(directory: string): string {
  if (statfsSync(directory).type === tmpfs) return 'on a file system in memory, so nothing waited for a disk';
  const file = openSync(join(directory, 'fsync'), 'w');
  const page = Buffer.alloc(4096);
  const tookMs = Array.from({ length: 50 }, () => {
    const startedAt = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  return `an fsync of 4 KiB took ${percentile(tookMs, 50).toFixed(2)} ms`;
}
