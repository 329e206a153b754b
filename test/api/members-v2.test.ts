/** Members under the paths of version 2, as the cloud controller manager calls them (real clients, trap 20). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeMember, makeRoad, places } from './fixtures.ts';

test('trap 20 a pool is emptied by version 2, and the members of both versions are the same', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const path = `/v2/${seed.projectId}/elb/pools/${pool.id}/members`;
  const first = await makeMember(api, pool.id, { name: 'one' });
  const fields = { address: '120.10.10.30', protocol_port: 80, subnet_id: seed.subnetCidrId, weight: 7 };
  const made = await api.create(path, { member: { ...fields, name: 'two', admin_state_up: true } });
  assert.deepEqual({ ...made, ...fields }, made);
  const { member } = assertDone(await api.get(`/elb/pools/${pool.id}/members/${made.id}`));
  assert.deepEqual([member.subnet_cidr_id, member.weight, member.name], [seed.subnetCidrId, 7, 'two']);
  const ids = async (query = '') =>
    assertDone(await api.get(path + query)).members.map(({ id }: { id: string }) => id);
  assert.deepEqual(await ids(), [first.id, made.id]);
  assert.deepEqual(await ids('?address=120.10.10.30'), [made.id]);
  assert.deepEqual(await ids(`?subnet_id=${places.nothing}`), []);
  assert.deepEqual(await ids(`?subnet_id=${seed.subnetCidrId}&name=one`), [first.id]);
  assert.deepEqual(await ids(`?marker=${made.id}`), []);
  assert.deepEqual(assertDone(await api.get(`${path}/${made.id}`)).member, made);
  const changed = assertDone(await api.put(`${path}/${made.id}`, { member: { weight: 0 } })).member;
  assert.deepEqual([changed.weight, changed.name], [0, 'two']);
  for (const id of await ids()) assertDone(await api.delete(`${path}/${id}`), 204);
  assert.deepEqual(assertDone(await api.get(`/elb/pools/${pool.id}/members`)).members, []);
});

test('wrong members of version 2 are refused by the names that it has', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const { pool } = await makeRoad(api);
  const path = `/v2/${seed.projectId}/elb/pools/${pool.id}/members`;
  const made = await makeMember(api, pool.id);
  const create = (member: object) => api.post(path, { member });
  const theirs = `/v2/${seed.otherProjectId}/elb/pools/${pool.id}/members`;
  for (const [reply, status, code, message] of [
    [await create({ protocol_port: 80 }), 400, 'ELB.8902', /member\.address': it is required/],
    [await create({ address: '120.10.10.9', subnet_cidr_id: 'x' }), 400, 'ELB.8902', /'subnet_cidr_id'/],
    [
      await create({ address: '120.10.10.9', protocol_port: 80, subnet_id: places.nothing }),
      404,
      'ELB.8904',
      /subnet/,
    ],
    [
      await create({ address: '120.10.10.20', protocol_port: 2100, subnet_id: seed.subnetCidrId }),
      409,
      'ELB.8907',
      /already has a member/,
    ],
    [
      await api.put(`${path}/${made.id}`, { member: { subnet_id: null } }),
      400,
      'ELB.8902',
      /member\.subnet_id': it cannot be changed/,
    ],
    [await api.get(`${path}?weight=x`), 400, 'ELB.8902', /weight': got "x"/],
    [await other.get(theirs), 404, 'ELB.8904', /pool \S+ could not be found/],
    [await other.delete(`${theirs}/${made.id}`), 404, 'ELB.8904', /pool \S+ could not be found/],
  ] as const) {
    assertRefused(reply, status, code, message);
  }
  assert.equal(assertDone(await api.get(path)).members.length, 1);
});
