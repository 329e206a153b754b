/** What the demo does and shows, in order. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DemoApi } from './api.ts';
import type { DemoMember } from './member.ts';

const port = 8080;

/** Nothing here takes longer; what does has failed. */
const patienceMs = 30_000;

export async function tell(api: DemoApi, members: readonly DemoMember[]): Promise<void> {
  const { url, poolId, ids } = await build(api, members);
  await untilServed(url);
  await showTraffic(url, members);

  const [, stopped] = members;
  const id = stopped && ids.get(stopped);
  if (!stopped || !id) return;
  await stopped.stop();
  console.log(`\n${stopped.name} stops.`);
  await showStatus(api, poolId, id, stopped, 'OFFLINE');
  await showTraffic(url, members);

  await stopped.start();
  console.log(`\n${stopped.name} comes back.`);
  await showStatus(api, poolId, id, stopped, 'ONLINE');
  await showTraffic(url, members);
}

interface Built {
  readonly url: string;
  readonly poolId: string;
  readonly ids: ReadonlyMap<DemoMember, string>;
}

async function build(api: DemoApi, members: readonly DemoMember[]): Promise<Built> {
  const lb = await api.create('loadbalancers', 'loadbalancer', {
    name: 'demo',
    vip_subnet_cidr_id: await api.lastSubnetId(),
    // An address of its own, so that another Elbow on this machine keeps its traffic to itself.
    vip_address: `127.64.${192 + randomByte(63)}.${2 + randomByte(250)}`,
    availability_zone_list: ['local-1a'],
    ip_target_enable: true,
  });
  const listener = await api.create('listeners', 'listener', {
    loadbalancer_id: lb.id,
    protocol: 'HTTP',
    protocol_port: port,
  });
  const pool = await api.create('pools', 'pool', {
    listener_id: listener.id,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
  });
  await api.create('healthmonitors', 'healthmonitor', {
    pool_id: pool.id,
    type: 'HTTP',
    delay: 1,
    timeout: 1,
    max_retries: 1,
    max_retries_down: 2,
  });
  const ids = new Map<DemoMember, string>();
  for (const member of members) {
    const { name, weight } = member;
    const created = await api.create(`pools/${pool.id}/members`, 'member', {
      name,
      weight,
      address: '127.0.0.1',
      protocol_port: member.port,
    });
    ids.set(member, created.id);
  }
  console.log(`Made through the API:

  load balancer  ${lb.vip_address}
  listener       HTTP on port ${port}
  pool           ROUND_ROBIN
  monitor        HTTP every second, OFFLINE after 2 failures
  members        ${members.map(({ name, weight }) => `${name} (weight ${weight})`).join(', ')}`);
  return { url: `http://${lb.vip_address}:${port}/`, poolId: pool.id, ids };
}

async function untilServed(url: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await fetch(url).catch(() => null))?.ok) {
    if (Date.now() > deadline) throw new Error(`nothing answers at ${url}`);
    await wait(20);
  }
}

/** Sends requests and shows who answered how many. */
async function showTraffic(url: string, members: readonly DemoMember[]): Promise<void> {
  const requests = 60;
  const answers = new Map<string, number>(members.map(({ name }) => [name, 0]));
  let failed = 0;
  for (let sent = 0; sent < requests; sent++) {
    const response = await fetch(url).catch(() => null);
    const name = response?.ok ? await response.text() : null;
    if (name === null) failed++;
    else answers.set(name, (answers.get(name) ?? 0) + 1);
  }
  console.log(`\n${requests} requests to ${url}, ${failed === 0 ? 'none' : failed} failed:\n`);
  for (const [name, count] of answers) console.log(`  ${name.padEnd(6)} ${'█'.repeat(count)} ${count}`);
}

/** Waits until a member has a status, and shows how long that took and why. */
async function showStatus(
  api: DemoApi,
  poolId: string,
  id: string,
  { name }: DemoMember,
  status: string,
): Promise<void> {
  const begun = Date.now();
  for (;;) {
    const { operating_status, reason } = await api.show(`pools/${poolId}/members/${id}`, 'member');
    const seconds = (Date.now() - begun) / 1000;
    if (operating_status === status) {
      console.log(
        `The API says ${status} after ${seconds.toFixed(1)} s${reason ? `: ${reason.reason_code}` : ''}.`,
      );
      return;
    }
    if (seconds * 1000 > patienceMs) throw new Error(`${name} is still ${operating_status}`);
    await wait(50);
  }
}

function randomByte(below: number): number {
  return Math.floor(Math.random() * below);
}
