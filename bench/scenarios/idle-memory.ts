import { setTimeout as delay } from 'node:timers/promises';
import { bareNode } from '../peers/bare-node.ts';
import { elbow } from '../peers/elbow.ts';
import { haproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import { absence, type Peer } from '../peers/peer.ts';
import { IdleClients } from '../support/idle-clients.ts';
import { MemberProcess } from '../support/member.ts';
import { openFileLimit, residentBytes } from '../support/processes.ts';
import { type Row, ratiosOf } from '../support/rows.ts';
import { spread } from '../support/spread.ts';
import { subjectOf } from '../support/traffic.ts';
import type { Bench, Scenario } from './scenario.ts';

const measure = 'memory per idle connection';

/** Connected before the first look, so that what is needed once is not counted. */
const firstConnections = 1000;
const moreConnections = 5000;

/** Files that a process needs beside the connections. */
const otherFiles = 500;

const steadyMs = 1000;
const maxSettleMs = 5000;

/** How much resident memory grows with each kept-alive connection that waits for its next request. */
export const idleMemory: Scenario = {
  key: 'memory',
  title: measure,
  run: async (bench) => {
    const peers = [elbow, bareNode, haproxy, nginx];
    const present = peers.filter((peer) => absence(peer, 'http') === null);
    const more = Math.min(moreConnections, openFileLimit() - firstConnections - otherFiles);
    const values = new Map(present.map((peer) => [peer, [] as number[]]));
    await using member = await MemberProcess.start(bench.workshop);
    for (let round = 1; round <= bench.rounds; round++) {
      for (const [peer, of] of values) {
        of.push(await growth(bench, peer, member.port, more));
        bench.progress(`round ${round}, ${peer.name}: ${of.at(-1)?.toFixed(1)} KiB`);
      }
    }
    const valuesOf = (peer: Peer) => values.get(peer) ?? [];
    const over = valuesOf(elbow).map((value, round) => value - (valuesOf(bareNode)[round] ?? 0));
    return [
      {
        measure: `${measure}, over Node’s own socket`,
        unit: 'KiB',
        subject: subjectOf(elbow),
        values: over,
        target: { text: 'at most 10 KiB', isMet: spread(over).median <= 10 },
        note: `${more} connections more`,
      },
      ...present.map((peer) => ({
        measure,
        unit: 'KiB',
        subject: subjectOf(peer),
        values: valuesOf(peer),
        ratios: ratiosOf(valuesOf(peer), valuesOf(haproxy)),
      })),
      ...peers.flatMap((peer): Row[] => {
        const reason = absence(peer, 'http');
        return reason === null ? [] : [{ measure, subject: subjectOf(peer), absent: `skipped: ${reason}` }];
      }),
    ];
  },
};

/** KiB for each further connection of a peer that is started for this. */
async function growth(bench: Bench, peer: Peer, memberPort: number, more: number): Promise<number> {
  await using proxy = await peer.start({ workshop: bench.workshop, mode: 'http', memberPort });
  using clients = new IdleClients();
  await clients.add(proxy.host, proxy.port, firstConnections);
  const before = await settledBytes(proxy.pid);
  await clients.add(proxy.host, proxy.port, more);
  const after = await settledBytes(proxy.pid);
  if (clients.open < firstConnections + more) {
    throw new Error(`${peer.name} kept ${clients.open} of ${firstConnections + more} connections`);
  }
  return (after - before) / more / 1024;
}

/** The resident memory once it has stopped to change, or has had long enough. */
async function settledBytes(pid: number): Promise<number> {
  let bytes = residentBytes(pid);
  for (let waitedMs = 0; waitedMs < maxSettleMs; waitedMs += steadyMs) {
    await delay(steadyMs);
    const now = residentBytes(pid);
    if (now === bytes) break;
    bytes = now;
  }
  return bytes;
}
