/** The life of every resource through the core of the official Node SDK, and what the documentation prints for it. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { pem, serverPair } from '../support/pem.ts';
import { printed, runPrinted } from './documented.ts';
import { type Answer, clientWith, reading, writing } from './node-sdk-client.ts';

type Fields = Record<string, unknown>;

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

function send(call: ReturnType<typeof reading> | ReturnType<typeof writing>): Promise<Answer> {
  return clientWith(controlPlane.url, 'testsk-secret-0123456789').sendRequest(call);
}

const project = '/v3/{project_id}/elb';

async function create(path: string, wrapper: string, fields: Fields): Promise<Answer> {
  return (await send(writing('POST', `${project}/${path}`, {}, { [wrapper]: fields })))[wrapper];
}

/** What the resources of the table stand in. */
async function ground() {
  const lb = await create('loadbalancers', 'loadbalancer', {
    ...{ vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'], ip_target_enable: true },
  });
  const owner = { loadbalancer_id: lb.id };
  const listener = await create('listeners', 'listener', { ...owner, protocol: 'HTTP', protocol_port: 80 });
  const balancing = { ...owner, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const pool = await create('pools', 'pool', balancing);
  const policy = await create('l7policies', 'l7policy', {
    ...{ listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
  });
  return { lb, owner, listener, balancing, pool, policy };
}

interface Life {
  /** Of its list, below the project. */
  readonly path: string;
  readonly wrapper: string;
  readonly plural: string;
  readonly fields: Fields;
  /** Null for what cannot be changed. */
  readonly change: Fields | null;
}

function lives({ owner, listener, balancing, pool, policy }: Awaited<ReturnType<typeof ground>>): Life[] {
  const probe = { type: 'TCP', delay: 5, timeout: 3, max_retries: 3 };
  const pairOf = ['master', 'slave'].map((role, index) => ({
    role,
    address: '10.0.0.1',
    protocol_port: 80 + index,
  }));
  const life = (path: string, wrapper: string, fields: Fields, change: Fields | null): Life => ({
    ...{ path, wrapper, fields, change },
    plural: wrapper.endsWith('y') ? `${wrapper.slice(0, -1)}ies` : `${wrapper}s`,
  });
  return [
    life(
      'loadbalancers',
      'loadbalancer',
      { vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'], name: 'lb ü' },
      { name: '', description: 'changed' },
    ),
    life('listeners', 'listener', { ...owner, protocol: 'TCP', protocol_port: 81 }, { name: 'changed' }),
    life(
      'pools',
      'pool',
      { ...balancing, name: 'p' },
      { lb_algorithm: 'SOURCE_IP', session_persistence: null },
    ),
    life(`pools/${pool.id}/members`, 'member', { address: '10.0.0.1', protocol_port: 80 }, { weight: 0 }),
    life('healthmonitors', 'healthmonitor', { pool_id: pool.id, ...probe }, { delay: 50, name: '' }),
    life(
      'l7policies',
      'l7policy',
      { listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
      { description: 'changed' },
    ),
    life(
      `l7policies/${policy.id}/rules`,
      'rule',
      { type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' },
      { value: '/b' },
    ),
    life('certificates', 'certificate', { name: 'c', ...serverPair('ec') }, { description: 'changed' }),
    life('certificates', 'certificate', { type: 'client', certificate: pem('ca') }, { name: 'changed' }),
    life('ipgroups', 'ipgroup', { ip_list: [{ ip: '192.0.2.1' }] }, { ip_list: [], name: 'changed' }),
    life(
      'security-policies',
      'security_policy',
      { protocols: ['TLSv1.2'], ciphers: ['AES128-SHA'] },
      { name: 'changed' },
    ),
    life('logtanks', 'logtank', { ...owner, log_group_id: 'g', log_topic_id: 't' }, { log_group_id: 'h' }),
    life(
      'master-slave-pools',
      'pool',
      { ...balancing, protocol: 'TCP', type: 'ip', members: pairOf, healthmonitor: probe },
      null,
    ),
  ];
}

test('the Node SDK drives the life of every resource: create, show, list, update, delete', async (t) => {
  for (const { path, wrapper, plural, fields, change } of lives(await ground())) {
    await t.test(path.replace(/[0-9a-f-]{36}/, '…'), async () => {
      const made = await create(path, wrapper, fields);
      const one = `${project}/${path}/{id}`;
      const params = { id: made.id };
      assert.deepEqual((await send(reading('GET', one, params)))[wrapper], made);
      const unknown = '00000000-0000-4000-8000-000000000000';
      const listed = await send(
        reading('GET', `${project}/${path}`, {}, { limit: 5, id: [unknown, made.id] }),
      );
      assert.deepEqual(listed[plural], [made]);
      assert.equal(listed.page_info.current_count, 1);
      if (change) {
        const changed = (await send(writing('PUT', one, params, { [wrapper]: change })))[wrapper];
        for (const [name, value] of Object.entries(change)) assert.deepEqual(changed[name], value, name);
        assert.deepEqual((await send(reading('GET', one, params)))[wrapper], changed);
      }
      assert.equal((await send(reading('DELETE', one, params))).httpStatusCode, 204);
      await assert.rejects(send(reading('GET', one, params)), { httpStatusCode: 404, errorCode: 'ELB.8904' });
    });
  }
});

test('the Node SDK reads zones, flavors, quotas and the rest of the catalogue', async () => {
  const { lb } = await ground();
  const read = (path: string, query: Fields = {}) => send(reading('GET', `${project}/${path}`, {}, query));
  assert.equal((await read('availability-zones')).availability_zones[0][0].code, 'az1');
  const { flavors } = await read('flavors', { type: ['L7', 'L4'], limit: 1 });
  assert.equal((await read(`flavors/${flavors[0].id}`)).flavor.id, flavors[0].id);
  assert.equal((await read('quotas')).quota.loadbalancer, -1);
  assert.equal((await read('quotas/details', { quota_key: ['pool', 'member'] })).quotas.length, 2);
  assert.equal((await read(`loadbalancers/${lb.id}/statuses`)).statuses.loadbalancer.id, lb.id);
  assert.ok((await read(`loadbalancers/${lb.id}/features`)).features.length > 0);
  assert.ok((await read('system-security-policies')).system_security_policies.length > 0);
});

test('what the documentation prints for Node.js works', async () => {
  // Packages are found from inside the repository only.
  const path = fileURLToPath(new URL(`../../node_modules/.printed-${process.pid}.mjs`, import.meta.url));
  writeFileSync(path, printed('Node.js', 'js'));
  try {
    assert.match(await runPrinted(() => `node ${path}`), /^first 127/m);
  } finally {
    rmSync(path);
  }
});
