/** Changing and deleting members, and their zones (rules digest 2.4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeLoadBalancer, makeMember, makePool, makeRoad } from './fixtures.ts';

test('ME-9 address and subnet cannot be changed', async () => {
  evidence('member.address', 'enforced');
  evidence('member.subnet_cidr_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const member = await makeMember(cp.api, pool.id);
  const path = `/elb/pools/${pool.id}/members/${member.id}`;
  for (const key of ['address', 'subnet_cidr_id', 'project_id', 'id', 'created_at', 'operating_status']) {
    assertRefused(
      await cp.api.put(path, { member: { [key]: member[key] } }),
      400,
      'ELB.8902',
      new RegExp(`'member\\.${key}': it cannot be changed`),
    );
  }
});

test('ME-13 quotas refuse one member too many', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, quotas: { members_per_pool: 2 } });
  const { pool } = await makeRoad(cp.api);
  const path = `/elb/pools/${pool.id}/members`;
  const member = (last: number) => ({ address: `10.0.0.${last}`, protocol_port: 80 });
  for (const last of [1, 2]) assertDone(await cp.api.post(path, { member: member(last) }), 201);
  assertRefused(
    await cp.api.post(path, { member: member(3) }),
    409,
    'ELB.8905',
    /\['members_per_pool'\].*limit is 2/,
  );
  assertRefused(
    await cp.api.post(`${path}/batch-add`, { members: [member(1), member(3)] }),
    409,
    'ELB.8905',
    /members_per_pool/,
  );
  assertDone(await cp.api.post(`${path}/batch-add`, { members: [member(1), member(2)] }));
});

test('member_deletion_protection_enable keeps members from deletion (1.8)', async () => {
  evidence('pool.member_deletion_protection_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api, { member_deletion_protection_enable: true });
  const member = await makeMember(cp.api, pool.id);
  const path = `/elb/pools/${pool.id}/members`;
  const wording = /member_deletion_protection_enable; set it to false/;
  assertRefused(await cp.api.delete(`${path}/${member.id}`), 409, 'ELB.8907', wording);
  assertRefused(
    await cp.api.post(`${path}/batch-delete`, { members: [{ id: member.id }] }),
    409,
    'ELB.8907',
    wording,
  );
  assertDone(
    await cp.api.put(`/elb/pools/${pool.id}`, { pool: { member_deletion_protection_enable: false } }),
  );
  const reply = await cp.api.delete(`${path}/${member.id}`);
  assert.deepEqual([reply.status, reply.body], [204, null]);
  assertRefused(await cp.api.get(`${path}/${member.id}`), 404, 'ELB.8904', /member .* could not be found/);
});

test('a partial update leaves the rest as it was, null returns to the default, and {} changes nothing (O12)', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const member = await makeMember(cp.api, pool.id, { name: 'a', weight: 7 });
  const path = `/elb/pools/${pool.id}/members/${member.id}`;
  const put = async (fields: object) => assertDone(await cp.api.put(path, { member: fields })).member;
  assert.deepEqual(await put({}), member);
  assert.deepEqual(
    { ...(await put({ weight: 0 })), updated_at: '' },
    { ...member, weight: 0, updated_at: '' },
  );
  const cleared = await put({ name: null, weight: null });
  assert.deepEqual([cleared.name, cleared.weight], ['', 1]);
  assert.equal((await put({ protocol_port: 65535 })).protocol_port, 65535);
});

test('availability_zone is the server’s, or the caller’s for an IP member (2.4.1)', async () => {
  evidence('member.availability_zone', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const instance = await makeMember(api, pool.id, { availability_zone: 'az2' });
  assert.equal(instance.availability_zone, 'az1');
  const ip = await makeMember(api, pool.id, {
    address: '10.0.0.1',
    subnet_cidr_id: null,
    availability_zone: 'az2',
  });
  assert.equal(ip.availability_zone, 'az2');
  const put = (id: string, availability_zone: string | null) =>
    api.put(`/elb/pools/${pool.id}/members/${id}`, { member: { availability_zone } });
  assert.equal(assertDone(await put(instance.id, 'az2')).member.availability_zone, 'az1');
  assert.equal(assertDone(await put(ip.id, null)).member.availability_zone, '');
});

test('az_affinity needs the zone of every IP member (2.3.6)', async () => {
  evidence('pool.az_affinity', 'enforced');
  evidence('member.availability_zone', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const pool = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id });
  const nowhere = { address: '10.0.0.1', protocol_port: 80 };
  const path = `/elb/pools/${pool.id}/members`;
  const member = await api.create(path, { member: nowhere });
  const affinity = { az_affinity: { enable: true, az_minimum_healthy_member_count: 1 } };
  assertRefused(
    await api.put(`/elb/pools/${pool.id}`, { pool: affinity }),
    409,
    'ELB.8907',
    /1 member\(s\) without availability_zone/,
  );
  assertDone(await api.put(`${path}/${member.id}`, { member: { availability_zone: 'az1' } }));
  assertDone(await api.put(`/elb/pools/${pool.id}`, { pool: affinity }));
  const required = /member\.availability_zone.*required/;
  assertRefused(
    await api.post(path, { member: { ...nowhere, address: '10.0.0.2' } }),
    400,
    'ELB.8902',
    required,
  );
  for (const availability_zone of ['', null]) {
    assertRefused(
      await api.put(`${path}/${member.id}`, { member: { availability_zone } }),
      400,
      'ELB.8902',
      required,
    );
  }
  await makeMember(api, pool.id);
});
