import { setTimeout as delay } from 'node:timers/promises';
import { ElbowInstallation } from '../support/elbow-installation.ts';
import { type MemberCounts, MemberProcess } from '../support/member.ts';
import { openFileLimit, processorSeconds } from '../support/processes.ts';
import type { Figure, Row } from '../support/rows.ts';
import { spread } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { Bench, Scenario } from './scenario.ts';

const wantedMembers = 10_000;
const periodSeconds = 5;
const windows = 4;

/** The members' addresses: each has this many ports, since each member needs a socket that listens. */
const portsPerAddress = 250;

/** Files that the members' process needs beside the sockets that listen. */
const otherFiles = 2000;

const settleTimeoutMs = 60_000;

/** What the control plane takes of a core while it probes. */
export const probing: Scenario = {
  key: 'probing',
  title: 'probing 10,000 members every 5 s',
  run: async (bench) => {
    const count = Math.min(wantedMembers, openFileLimit() - otherFiles);
    const addresses = Array.from(
      { length: Math.floor(count / portsPerAddress) },
      (_, index) => `127.81.0.${index + 1}`,
    );
    await using member = await MemberProcess.start(bench.workshop, { addresses, portsPerAddress });
    const members = member.ports.map((protocol_port, index) => ({
      address: addresses[Math.floor(index / portsPerAddress)] ?? '',
      protocol_port,
    }));
    const rows: Row[] = [];
    for (const type of ['TCP', 'HTTP'] as const) rows.push(await probe(bench, type, members, member));
    return rows;
  },
};

async function probe(
  { workshop, progress }: Bench,
  type: 'TCP' | 'HTTP',
  members: readonly { readonly address: string; readonly protocol_port: number }[],
  member: MemberProcess,
): Promise<Figure> {
  await using elbow = await ElbowInstallation.start(workshop);
  const listening = await elbow.listen('HTTP');
  await elbow.addMembers(listening, members);
  const before = await member.counts();
  await elbow.api.create('/elb/healthmonitors', {
    healthmonitor: { pool_id: listening.poolId, type, delay: periodSeconds, timeout: 3, max_retries: 1 },
  });
  // Two probes each: the first verdicts are written, and what is left is the probing itself.
  await untilProbed(member, before, 2 * members.length);
  await checkOnline(elbow, listening.membersPath);
  const cores: number[] = [];
  const rates: number[] = [];
  for (let window = 1; window <= windows; window++) {
    const startedAt = performance.now();
    const spentBefore = processorSeconds(elbow.pid);
    const { connections } = await member.counts();
    await delay(periodSeconds * 1000);
    const seconds = (performance.now() - startedAt) / 1000;
    cores.push((processorSeconds(elbow.pid) - spentBefore) / seconds);
    rates.push(((await member.counts()).connections - connections) / seconds);
    progress(
      `${type}: ${cores.at(-1)?.toFixed(3)} cores for ${Math.round(rates.at(-1) ?? 0)} probes a second`,
    );
  }
  return {
    measure: `probing ${members.length.toLocaleString('en')} members by ${type} every ${periodSeconds} s`,
    unit: 'cores',
    subject: `elbow ${ownVersion()}`,
    values: cores,
    target: { text: 'at most 0.25 cores', isMet: spread(cores).median <= 0.25 },
    note: `${Math.round(spread(rates).median)} probes a second; windows of ${periodSeconds} s`,
  };
}

async function untilProbed(member: MemberProcess, before: MemberCounts, probes: number): Promise<void> {
  const deadline = performance.now() + settleTimeoutMs;
  while ((await member.counts()).connections - before.connections < probes) {
    if (performance.now() > deadline) throw new Error(`the members were not probed in ${settleTimeoutMs} ms`);
    await delay(250);
  }
}

async function checkOnline({ api }: ElbowInstallation, membersPath: string): Promise<void> {
  for (const status of ['INITIAL', 'OFFLINE', 'UNKNOWN', 'NO_MONITOR']) {
    const { body } = await api.get(`${membersPath}?operating_status=${status}&limit=1`);
    if (body.members.length > 0) throw new Error(`a member is ${status} though it answers`);
  }
}
