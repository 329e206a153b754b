import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { dump, storedRecords } from '../support/database.ts';
import { eachOperation, fetchDocument } from '../support/openapi.ts';
import { pem, serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeMember,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';
import { send, steps, writeOf } from './random-writes.ts';

let cp: TestControlPlane;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

describe('a dry run', () => {
  test('answers what would be created, and leaves nothing behind', async () => {
    const { pool, listener, lb } = await makeRoad(cp.api, { name: 'web' });
    const path = `/elb/pools/${pool.id}/members`;
    const member = {
      address: '120.10.10.7',
      protocol_port: 80,
      weight: 3,
      subnet_cidr_id: lb.vip_subnet_cidr_id,
    };
    const earlier = dump(cp.directory);
    const reply = await cp.api.post(`${path}?dry_run=true`, { member });
    const { request_id, ...plan } = assertDone(reply);
    assert.equal(request_id, reply.headers.get('x-request-id'));
    const [{ resource_id, after: record, ...created }, ...rest] = plan.creates;
    assert.deepEqual(rest, []);
    assert.deepEqual(created, { resource_type: 'member', parent_id: pool.id });
    assert.deepEqual([record.address, record.weight, record.id], ['120.10.10.7', 3, resource_id]);
    assert.deepEqual(
      { ...plan, creates: [] },
      {
        dry_run: true,
        would_answer_status: 201,
        creates: [],
        // The first member with a subnet settles the VPC of its pool.
        changes: plan.changes,
        deletes: [],
        listeners: [
          {
            ...{ id: listener.id, name: '', loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80 },
            connections: 'none',
          },
        ],
        disruption: {
          connections: 'none',
          reasons: plan.disruption.reasons,
        },
      },
    );
    assert.equal(dump(cp.directory), earlier);
    assert.equal((await cp.api.get(`${path}/${resource_id}`)).status, 404);
    assertDone(await cp.api.post(path, { member }), 201);
  });

  test('tells changes by the fields that change, and deletions by what goes', async () => {
    const { pool, listener } = await makeRoad(cp.api);
    const { id } = await makeMember(cp.api, pool.id);
    const path = `/elb/pools/${pool.id}/members/${id}`;
    const update = assertDone(
      await cp.api.put(`${path}?dry_run=true`, { member: { weight: 9, name: 'nine' } }),
    );
    assert.equal(update.would_answer_status, 200);
    assert.deepEqual(update.changes, [
      {
        ...{ resource_type: 'member', resource_id: id, parent_id: pool.id },
        before: { name: '', weight: 1 },
        after: { name: 'nine', weight: 9 },
      },
    ]);
    const deletion = assertDone(await cp.api.delete(`${path}?dry_run=true`));
    assert.equal(deletion.would_answer_status, 204);
    assert.equal(deletion.deletes[0].before.address, '120.10.10.20');
    assert.equal(deletion.disruption.connections, 'drain');
    const removal = assertDone(await cp.api.delete(`${path}?dry_run=TRUE`));
    assert.deepEqual({ ...removal, request_id: '' }, { ...deletion, request_id: '' });
    const same = assertDone(await cp.api.put(`${path}?dry_run=true`, { member: { weight: 1 } }));
    assert.deepEqual([same.creates, same.changes, same.deletes, same.listeners], [[], [], [], []]);
    assertDone(await cp.api.delete(`${path}?dry_run=false`), 204);
    assertDone(await cp.api.delete(path), 404 as 200);
    const ofPool = assertDone(await cp.api.delete(`/elb/pools/${pool.id}?dry_run=true`));
    assert.deepEqual(
      [ofPool.changes[0].before, ofPool.changes[0].after, ofPool.deletes[0].resource_id],
      [{ default_pool_id: pool.id }, { default_pool_id: null }, pool.id],
    );
    assert.equal(ofPool.listeners[0].id, listener.id);
    assert.match(ofPool.disruption.reasons[0].reason, /answered 503/);
  });

  test('refuses what the call itself would, with the same answer', async () => {
    const { lb, listener, pool } = await makeRoad(cp.api);
    const same = async (method: string, path: string, body: unknown, status: number) => {
      const dry = await cp.api.call(method, `${path}?dry_run=true`, body);
      const real = await cp.api.call(method, path, body);
      assert.equal(real.status, status, JSON.stringify(real.body));
      assert.equal(dry.status, status);
      assert.deepEqual({ ...dry.body, request_id: '' }, { ...real.body, request_id: '' });
    };
    await same('POST', `/elb/pools/${pool.id}/members`, { member: { address: 'x' } }, 400);
    await same('POST', `/elb/pools/${pool.id}/members`, { nonsense: 1 }, 400);
    await same('PUT', `/elb/pools/${places.nothing}`, { pool: { name: 'x' } }, 404);
    await same('DELETE', `/elb/loadbalancers/${lb.id}`, undefined, 409);
    const twin = { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: listener.protocol_port };
    await same('POST', '/elb/listeners', { listener: twin }, 409);
    const foreign = await cp.other.delete(`/elb/pools/${pool.id}?dry_run=true`);
    assertRefused(foreign, 404, 'ELB.8904', /could not be found/);
  });

  test('is asked for by true or false and nothing else, and only of writes', async () => {
    const { pool } = await makeRoad(cp.api);
    const path = `/elb/pools/${pool.id}`;
    for (const query of ['dry_run=1', 'dry_run=', 'dry_run=yes', 'dry_run=true%20']) {
      const expected = /'dry_run': got ".*", expected true or false/;
      assertRefused(await cp.api.delete(`${path}?${query}`), 400, 'ELB.8902', expected);
    }
    const twice = await cp.api.delete(`${path}?dry_run=true&dry_run=false`);
    assertRefused(twice, 400, 'ELB.8902', /'dry_run': it was given 2 times/);
    assertDone(await cp.api.get(`${path}?dry_run=perhaps`));
    const token = await cp.api.call('POST', '/v3/auth/tokens?dry_run=true', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'elbow', password: 'correct-password' } },
        },
      },
    });
    assert.equal(token.status, 201, 'a token is no resource');
  });

  test('masks private keys, in what is and in what would be', async () => {
    const create = await cp.api.post('/elb/certificates?dry_run=true', { certificate: serverPair('rsa') });
    const { id } = await cp.api.create('/elb/certificates', { certificate: serverPair('rsa') });
    const change = await cp.api.put(`/elb/certificates/${id}?dry_run=true`, {
      certificate: serverPair('ec'),
    });
    const deletion = await cp.api.delete(`/elb/certificates/${id}?dry_run=true`);
    assert.equal(assertDone(create).creates[0].after.sealed_private_key, '******');
    assert.equal(assertDone(change).changes[0].after.sealed_private_key, '******');
    assert.equal(assertDone(deletion).deletes[0].before.sealed_private_key, '******');
    for (const { body } of [create, change, deletion]) {
      const text = JSON.stringify(body);
      for (const name of ['rsa.key', 'ec.key']) {
        assert.ok(!text.includes(pem(name).split('\n')[1] ?? assert.fail()), name);
      }
    }
  });

  test('changes as little of those around it as they of it', async () => {
    const pool = await makePool(cp.api, { type: 'ip' });
    const path = `/elb/pools/${pool.id}/members`;
    const memberAt = (index: number) => ({
      member: { address: `10.2.${index % 2}.${1 + (index >> 1)}`, protocol_port: 80 },
    });
    const replies = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        cp.api.post(`${path}${index % 2 ? '?dry_run=true' : ''}`, memberAt(index)),
      ),
    );
    const { members } = assertDone(await cp.api.get(path));
    const addresses = members.map(({ address }: { address: string }) => address).toSorted();
    const real = replies.filter((_, index) => index % 2 === 0);
    assert.deepEqual(addresses, real.map((reply) => assertDone(reply, 201).member.address).toSorted());
    for (const [index, reply] of replies.entries()) {
      if (index % 2 === 0) continue;
      const { creates } = assertDone(reply);
      assert.deepEqual(
        creates.map(({ after: record }: { after: { address: string } }) => record.address),
        [memberAt(index).member.address],
      );
    }
  });
});

test('for any write, the plan is what the call then does, and the dry run changes nothing', async () => {
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (random) => {
      await using own = await startTestControlPlane();
      for (const step of random) {
        const write = await writeOf(own.api, step);
        const earlier = dump(own.directory);
        const dry = await send(own.api, write, '?dry_run=true');
        assert.equal(dump(own.directory), earlier);
        const real = await send(own.api, write);
        if (dry.status !== 200) {
          assert.deepEqual([dry.status, dry.body.error_code], [real.status, real.body.error_code]);
          assert.equal(stable(dry.body.error_msg), stable(real.body.error_msg));
          continue;
        }
        carriedOut++;
        assert.equal(dry.body.would_answer_status, real.status, JSON.stringify(real.body));
        assert.deepEqual(stable(changesOfPlan(dry)), stable(await changesOfCall(own.api, real)));
      }
    }),
    { numRuns: 8 },
  );
  assert.ok(carriedOut > 80, `${carriedOut} writes are something`);
});

interface Change {
  readonly resource_type: string;
  readonly before: object | null;
  readonly after: object | null;
}

function changesOfPlan({ body }: Reply): Change[] {
  return [...body.creates, ...body.changes, ...body.deletes].map(
    ({ resource_type, before: was, after: is }) => ({
      ...{ resource_type, before: was ?? null, after: is ?? null },
    }),
  );
}

/** What the audit has of a call, ordered as a plan is. None of these calls changes a resource twice. */
async function changesOfCall(api: ApiClient, { headers }: Reply): Promise<Change[]> {
  const query = `request_id=${headers.get('x-request-id')}`;
  const entries: (Change & { operation: string })[] = (await api.get(`/elbow/v1/audit?${query}`)).body.audit;
  return ['create', 'update', 'delete'].flatMap((wanted) =>
    entries
      .toReversed()
      .filter(({ operation }) => operation === wanted)
      .map(({ resource_type, before: was, after: is }) => ({ resource_type, before: was, after: is })),
  );
}

test('the plan of a whole load balancer is what is other afterwards, however often one call changes it', async () => {
  await using own = await startTestControlPlane();
  const { api } = own;
  const { lb, pool } = await makeRoad(api, { name: 'old' }, { name: 'web' });
  await makeMember(api, pool.id, { name: 'gone' });
  await makeMember(api, pool.id, { name: 'kept', address: '120.10.10.21' });
  const leaving = await makeListener(api, lb.id, { name: 'leaving', protocol: 'TCP', protocol_port: 81 });
  const document = assertDone(await api.get(`/elbow/v1/loadbalancers/${lb.id}/export`));
  const [road, ...others] = document.pools;
  assert.deepEqual(others, []);
  const wanted = {
    ...document,
    loadbalancer: { ...document.loadbalancer, description: 'new' },
    pools: [
      {
        ...road,
        members: road.members
          .filter(({ name }: { name: string }) => name === 'kept')
          .map((each: object) => ({ ...each, weight: 7 })),
        healthmonitor: { type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 },
      },
      { name: 'fresh', protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' },
    ],
    listeners: [
      ...document.listeners.filter(({ name }: { name?: string }) => name !== 'leaving'),
      { name: 'tcp', protocol: 'TCP', protocol_port: 90, default_pool_id: 'fresh' },
    ],
  };
  const earlier = storedRecords(own.directory);
  const path = '/elbow/v1/loadbalancers/apply';
  const plan = assertDone(await api.put(`${path}?dry_run=true`, wanted));
  assert.deepEqual(storedRecords(own.directory), earlier);
  assertDone(await api.put(path, wanted));
  const later = storedRecords(own.directory);
  const keysOf = (list: { resource_type: string; resource_id: string }[]) =>
    list.map(({ resource_type, resource_id }) => `${resource_type} ${resource_id}`).toSorted();
  const gone = [...earlier.keys()].filter((key) => !later.has(key));
  assert.deepEqual(keysOf(plan.deletes), gone.toSorted());
  const typesOf = (keys: readonly string[]) => keys.map((key) => key.split(' ')[0]).toSorted();
  const made = [...later.keys()].filter((key) => !earlier.has(key));
  assert.deepEqual(typesOf(keysOf(plan.creates)), typesOf(made));
  for (const { resource_type, resource_id, before: was, after: is } of plan.changes) {
    const key = `${resource_type} ${resource_id}`;
    assert.deepEqual(was, only(earlier.get(key), Object.keys(was)), key);
    assert.equal(stable(is), stable(only(later.get(key), Object.keys(is))), key);
  }
  const changed = [...later].filter(([key, record]) => {
    const known = earlier.get(key);
    return known && !isDeepStrictEqual(steady(known), steady(record));
  });
  assert.deepEqual(keysOf(plan.changes), changed.map(([key]) => key).toSorted());
  assert.equal(plan.disruption.connections, 'close');
  const effects = new Map(plan.listeners.map((each: { id: string; connections: string }) => [each.id, each]));
  assert.equal((effects.get(leaving.id) as { connections: string }).connections, 'close');
  assert.equal(plan.listeners.find(({ name }: { name: string }) => name === 'tcp').connections, 'none');
});

function only(record: object | undefined, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => keys.includes(key)));
}

/** Without what changes by itself. */
function steady({
  updated_at,
  operating_status,
  verdict,
  reason,
  ...record
}: Readonly<Record<string, unknown>>) {
  return record;
}

/** Without what two calls never agree on: ids by their order, and times to the second. */
function stable(value: unknown): string {
  const ids = new Map<string, string>();
  return JSON.stringify(value)
    .replaceAll(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id ${ids.size}`;
      ids.set(id, known);
      return known;
    })
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time');
}

test('every write is documented with dry_run and its plan, and reads are without', async () => {
  const document = await fetchDocument(cp.url);
  assert.ok(document.components.schemas['Plan']);
  const writes = eachOperation(document).filter(
    ({ method, path }) =>
      method !== 'get' &&
      /^\/(v[\d.]+\/\{project_id\}|v2\.0|elbow)\//.test(path) &&
      // What is not kept cannot be planned.
      !path.startsWith('/elbow/v1/emulation/'),
  );
  assert.ok(writes.length > 30);
  for (const { path, method, operation } of eachOperation(document)) {
    const where = `${method} ${path}`;
    const parameter = operation.parameters.find(({ $ref }) => $ref === '#/components/parameters/dry_run');
    const isWrite = writes.some((write) => write.operation === operation);
    assert.equal(parameter !== undefined, isWrite, where);
    assert.equal(JSON.stringify(operation.responses['200'] ?? {}).includes('schemas/Plan'), isWrite, where);
  }
});
