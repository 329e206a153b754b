/** How member checks run: how many at once, what a stop leaves of them, and how long they are kept. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Refusal } from '../../src/model/errors.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createHealthMonitor } from '../../src/service/health-monitors.ts';
import { Inventory } from '../../src/service/inventory.ts';
import { createListener } from '../../src/service/listeners.ts';
import { createLoadBalancer } from '../../src/service/load-balancers.ts';
import { MemberChecks } from '../../src/service/member-checks/member-checks.ts';
import type { PlannedProbe, ProbeOutcome, Prober } from '../../src/service/member-checks/prober.ts';
import { createMember } from '../../src/service/members.ts';
import { createPool } from '../../src/service/pools.ts';
import type { LiveRegion } from '../../src/service/region.ts';
import { Secrets } from '../../src/service/secrets.ts';
import { Store } from '../../src/store/store.ts';
import { seed } from '../support/control-plane.ts';
import { until } from '../support/until.ts';
import { loopback, loopbackInventory } from './fixtures.ts';

const { projectId } = seed;
const log = createLogger('test', 'silent');

/** Answers each probe when the test says so. */
class HeldProber implements Prober {
  readonly planned: PlannedProbe[] = [];
  readonly #answers: ((outcome: ProbeOutcome) => void)[] = [];

  probe(planned: PlannedProbe, signal: AbortSignal): Promise<ProbeOutcome> {
    this.planned.push(planned);
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      signal.addEventListener('abort', () => resolve({ kind: 'inconclusive', cause: 'stopped' }));
    });
  }

  answer(outcome: ProbeOutcome): void {
    for (const answer of this.#answers.splice(0)) answer(outcome);
  }
}

interface Ground extends AsyncDisposable {
  readonly region: LiveRegion;
  readonly memberId: string;
  readonly request: { readonly member_check: { readonly listener_id: string; readonly subject: 'all' } };
}

/** A member behind a listener, with a monitor. */
async function prepare(clock = () => new Date()): Promise<Ground> {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-checks-'));
  const store = await Store.open({ directory, clock });
  const inventory = new Inventory(loopbackInventory, [{ id: projectId, name: 'region-1' }]);
  const region = { store, inventory, secrets: new Secrets('key') };
  const { loadBalancer } = await createLoadBalancer(region, projectId, {
    ...{ vip_subnet_cidr_id: loopback.subnet, availability_zone_list: ['az1'], ip_target_enable: true },
    vip_address: '127.70.0.99',
  });
  const listener = await createListener(region, projectId, {
    ...{ loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80 },
  });
  const { pool } = await createPool(region, projectId, {
    ...{ listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  await createHealthMonitor(region, projectId, {
    ...{ pool_id: pool.id, type: 'GRPC', delay: 5, timeout: 3, max_retries: 1, monitor_port: 9001 },
  });
  const { member } = await createMember(region, projectId, pool.id, {
    address: '127.0.0.1',
    protocol_port: 9001,
  });
  return {
    region,
    memberId: member.id,
    request: { member_check: { listener_id: listener.id, subject: 'all' } },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

test('the probe is that of the monitor, at its port, for the load balancer’s address', async () => {
  await using ground = await prepare();
  const prober = new HeldProber();
  const checks = new MemberChecks(ground.region, prober, log);
  await checks.create(projectId, ground.memberId, ground.request);
  const [planned] = prober.planned;
  assert.deepEqual(
    [planned?.monitor.type, planned?.monitor.timeout, planned?.address, planned?.port, planned?.host],
    ['GRPC', 3, '127.0.0.1', 9001, '127.70.0.99'],
  );
  await checks.stop();
});

test('a check that is only rehearsed probes nothing', async () => {
  await using ground = await prepare();
  const prober = new HeldProber();
  const checks = new MemberChecks(ground.region, prober, log);
  const begin = () => checks.create(projectId, ground.memberId, ground.request);
  const rehearsed = await ground.region.store.rehearse(begin);
  assert.equal(prober.planned.length, 0);
  await assert.rejects(checks.show(projectId, rehearsed), /could not be found/);
  await begin();
  assert.equal(prober.planned.length, 1);
  await checks.stop();
});

test('a probe that shows nothing fails the job, and what was found otherwise stays', async () => {
  await using ground = await prepare();
  const prober = new HeldProber();
  const checks = new MemberChecks(ground.region, prober, log);
  const id = await checks.create(projectId, ground.memberId, ground.request);
  prober.answer({ kind: 'inconclusive', cause: 'too many open files' });
  await until(async () => (await checks.show(projectId, id)).status === 'failed');
  const job = await checks.show(projectId, id);
  assert.ok(job.check_item_finished_num < job.check_item_total_num);
  for (const group of Object.values(job.result)) {
    assert.equal(group?.check_status, 'failed');
    assert.match(group?.check_items.at(-1)?.reason ?? '', /too many open files/);
  }
  await checks.stop();
});

test('no more than 64 members are probed at once, and all have their turn', async () => {
  await using ground = await prepare();
  const prober = new HeldProber();
  const checks = new MemberChecks(ground.region, prober, log);
  const ids = await Promise.all(
    Array.from({ length: 100 }, () => checks.create(projectId, ground.memberId, ground.request)),
  );
  assert.equal(prober.planned.length, 64);
  prober.answer({ kind: 'passed' });
  await until(() => prober.planned.length === 100);
  prober.answer({ kind: 'passed' });
  await until(async () => {
    const jobs = await Promise.all(ids.map((id) => checks.show(projectId, id)));
    return jobs.every(({ status }) => status === 'processed');
  });
  await checks.stop();
});

test('a job that was under way when the control plane stopped has failed for the next one', async () => {
  await using ground = await prepare();
  const checks = new MemberChecks(ground.region, new HeldProber(), log);
  const id = await checks.create(projectId, ground.memberId, ground.request);
  assert.equal((await checks.show(projectId, id)).status, 'processing');
  await checks.stop();
  const next = new MemberChecks(ground.region, new HeldProber(), log);
  assert.equal((await next.show(projectId, id)).status, 'failed');
  await next.stop();
});

test('a job is forgotten after a day', async () => {
  let now = Date.parse('2026-01-31T10:00:00Z');
  await using ground = await prepare(() => new Date(now));
  const checks = new MemberChecks(ground.region, new HeldProber(), log);
  const id = await checks.create(projectId, ground.memberId, ground.request);
  now += 24 * 60 * 60 * 1000 - 1000;
  await ground.region.store.trim();
  assert.equal((await checks.show(projectId, id)).id, id);
  now += 2000;
  await ground.region.store.trim();
  await assert.rejects(
    checks.show(projectId, id),
    (error) => error instanceof Refusal && error.status === 404,
  );
  await checks.stop();
});
