/** Sends the same load through several peers in turn, round by round, so that a noisy moment hits all alike. */
import { absence, type Mode, type Peer, type RunningPeer } from '../peers/peer.ts';
import type { Bench } from '../scenarios/scenario.ts';
import type { LoadGenerator } from './load.ts';
import { MemberProcess } from './member.ts';
import { processorSeconds, treeProcessorSeconds } from './processes.ts';
import type { Absent } from './rows.ts';

export interface TrafficPlan {
  readonly measure: string;
  readonly mode: Mode;
  readonly peers: readonly Peer[];
  readonly connections: number;
  readonly reconnects: boolean;
  readonly path: '/small' | '/large';
  readonly generator: LoadGenerator;
}

/** What one round told of one peer. */
export interface Sample {
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
  /** The proxy's own. */
  readonly processorSecondsPerRequest: number;
  readonly processorSecondsPerByte: number;
  /** What the control plane took of one core meanwhile; null when there is none. */
  readonly controlCores: number | null;
  readonly errors: number;
}

export interface Traffic {
  readonly peer: Peer;
  readonly samples: readonly Sample[];
}

/** Long enough for Node to have compiled what is hot. */
const warmUpSeconds = 2;

/** The part of the counted requests that the member must have seen; the last ones may be under way. */
const minServed = 0.98;

/** Runs the plan; peers that are missing or fail are told as absent, and the others go on. */
export async function measureTraffic(
  bench: Bench,
  plan: TrafficPlan,
): Promise<{ traffic: readonly Traffic[]; absent: readonly Absent[] }> {
  await using stack = new AsyncDisposableStack();
  const member = stack.use(await MemberProcess.start(bench.workshop));
  const absent: Absent[] = [];
  const running: { peer: Peer; proxy: RunningPeer; samples: Sample[] }[] = [];
  const giveUp = (peer: Peer, reason: string) => {
    bench.progress(`${peer.name}: ${reason}`);
    absent.push({ measure: plan.measure, subject: subjectOf(peer), absent: reason });
  };
  for (const peer of plan.peers) {
    const reason = absence(peer, plan.mode);
    if (reason !== null) {
      giveUp(peer, `skipped: ${reason}`);
      continue;
    }
    try {
      const setup = { workshop: bench.workshop, mode: plan.mode, memberPort: member.port };
      const proxy = stack.use(await peer.start(setup));
      await sample(plan, proxy, member, Math.min(bench.seconds, warmUpSeconds));
      running.push({ peer, proxy, samples: [] });
    } catch (error) {
      giveUp(peer, `failed: ${(error as Error).message}`);
    }
  }
  for (let round = 1; round <= bench.rounds; round++) {
    for (const each of [...running]) {
      try {
        const result = await sample(plan, each.proxy, member, bench.seconds);
        each.samples.push(result);
        bench.progress(`round ${round}, ${each.peer.name}: ${describe(result)}`);
      } catch (error) {
        running.splice(running.indexOf(each), 1);
        giveUp(each.peer, `failed: ${(error as Error).message}`);
      }
    }
  }
  return { traffic: running, absent };
}

export function subjectOf({ name, version }: Peer): string {
  return version === null ? name : `${name} ${version}`;
}

async function sample(
  plan: TrafficPlan,
  proxy: RunningPeer,
  member: MemberProcess,
  seconds: number,
): Promise<Sample> {
  const { host, port, pid, controlPid } = proxy;
  const { connections, reconnects, path } = plan;
  const servedBefore = (await member.counts()).requests;
  const spentBefore = treeProcessorSeconds(pid);
  const controlBefore = controlSeconds(controlPid);
  const result = await plan.generator.run({
    ...{ host, port, connections, seconds, reconnects, path },
    isSecure: plan.mode === 'https',
  });
  const spent = treeProcessorSeconds(pid) - spentBefore;
  const control = controlSeconds(controlPid) - controlBefore;
  const served = (await member.counts()).requests - servedBefore;
  if (result.requests === 0) throw new Error('no request was answered');
  if (served < minServed * result.requests) {
    throw new Error(`of ${result.requests} requests the member saw ${served}`);
  }
  return {
    requestsPerSecond: result.requests / result.seconds,
    bytesPerSecond: result.bytes / result.seconds,
    processorSecondsPerRequest: spent / result.requests,
    processorSecondsPerByte: spent / result.bytes,
    controlCores: controlPid === null ? null : control / result.seconds,
    errors: result.errors,
  };
}

/** A control plane is one process; the proxy is its child and is not counted with it. */
function controlSeconds(pid: number | null): number {
  return pid === null ? 0 : processorSeconds(pid);
}

function describe({ requestsPerSecond, processorSecondsPerRequest, errors }: Sample): string {
  const cost = (processorSecondsPerRequest * 1e6).toFixed(1);
  return `${Math.round(requestsPerSecond)} a second, ${cost} µs each${errors > 0 ? `, ${errors} errors` : ''}`;
}
