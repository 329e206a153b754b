/** The rules drawn from the two pages the project began from, beyond their examples (S2 to S45). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  loopback,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

test('S20 C10 admin_state_up says whether the server exists, whatever the request says', async (t) => {
  evidence('member.admin_state_up', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const cases = [
    { name: 'a running server', address: '10.20.0.10', subnet_cidr_id: places.declaredSubnet, up: true },
    { name: 'a stopped server', address: '10.20.0.11', subnet_cidr_id: places.declaredSubnet, up: true },
    { name: 'no server', address: '10.20.0.12', subnet_cidr_id: places.declaredSubnet, up: false },
    { name: 'an IP address', address: '10.99.0.1', up: false },
    { name: 'an IP address that a server has', address: '10.20.0.10', port: 81, up: true },
  ];
  for (const { name, address, subnet_cidr_id, port = 80, up } of cases) {
    await t.test(name, async () => {
      const given = { address, protocol_port: port, ...(subnet_cidr_id ? { subnet_cidr_id } : {}) };
      const member = await api.create(`/elb/pools/${pool.id}/members`, {
        member: { ...given, admin_state_up: !up },
      });
      assert.equal(member.admin_state_up, up);
      const path = `/elb/pools/${pool.id}/members/${member.id}`;
      const after = assertDone(await api.put(path, { member: { admin_state_up: !up } })).member;
      assert.equal(after.admin_state_up, up);
    });
  }
});

test('S34 C9 operating_status follows the monitor, the server and the listeners', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { listener, pool } = await makeRoad(api, {}, { vip_subnet_cidr_id: loopback.subnet });
  const path = `/elb/pools/${pool.id}/members`;
  const { running, stopped, missing } = loopback;
  for (const address of [running, stopped, missing]) {
    await makeMember(api, pool.id, { address, subnet_cidr_id: loopback.subnet });
  }
  const statuses = async () => {
    const { members } = assertDone(await api.get(path));
    return Object.fromEntries(
      members.map((each: { address: string; operating_status: string }) => [
        each.address,
        each.operating_status,
      ]),
    );
  };
  const all = (status: string) => ({ [running]: status, [stopped]: status, [missing]: status });
  assert.deepEqual(await statuses(), all('NO_MONITOR'));
  const monitor = await makeMonitor(api, pool.id, {
    ...{ admin_state_up: true, delay: 50, timeout: 50, max_retries_down: 10 },
  });
  assert.deepEqual(await statuses(), { [running]: 'INITIAL', [stopped]: 'OFFLINE', [missing]: 'UNKNOWN' });
  assertDone(await api.put(`/elb/listeners/${listener.id}`, { listener: { default_pool_id: null } }));
  assert.deepEqual(await statuses(), all('UNKNOWN'), 'no listener uses the pool');
  assertDone(
    await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor: { admin_state_up: false } }),
  );
  assert.deepEqual(await statuses(), all('NO_MONITOR'));
  assertDone(await api.delete(`/elb/healthmonitors/${monitor.id}`), 204);
  assert.deepEqual(await statuses(), all('NO_MONITOR'));
});

test('S35 S36 a member has one status for each listener that uses its pool', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  const second = await makeListener(api, lb.id, { protocol_port: 81, default_pool_id: pool.id });
  const member = await api.create(`/elb/pools/${pool.id}/members`, {
    member: { address: '10.1.1.1', protocol_port: 80 },
  });
  const listeners = member.status.map(({ listener_id }: { listener_id: string }) => listener_id);
  assert.deepEqual(listeners.toSorted(), [listener.id, second.id].toSorted());
  for (const each of member.status) assert.equal(each.operating_status, member.operating_status);
});

test('S4 S6 C1 C2 limit defaults to 2000, and 0 answers an empty page', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const path = `/elb/pools/${pool.id}/members`;
  for (const last of [1, 2, 3]) {
    await cp.api.create(path, { member: { address: `10.0.0.${last}`, protocol_port: 80 } });
  }
  const empty = assertDone(await cp.api.get(`${path}?limit=0`));
  assert.deepEqual([empty.members, empty.page_info], [[], { current_count: 0 }]);
  const all = assertDone(await cp.api.get(path));
  assert.equal(all.members.length, 3);
  const first = assertDone(await cp.api.get(`${path}?limit=2`));
  assert.deepEqual(first.page_info, {
    previous_marker: all.members[0].id,
    next_marker: all.members[1].id,
    current_count: 2,
  });
  const alone = assertDone(await cp.api.get(`${path}?marker=${all.members[1].id}`));
  assert.deepEqual(alone.members, [all.members[2]], 'a marker alone pages on');
  const before = assertDone(
    await cp.api.get(`${path}?limit=1&page_reverse=true&marker=${all.members[2].id}`),
  );
  assert.deepEqual(before.members, [all.members[1]]);
});

test('S10 enterprise_project_id leaves the list to that project, and all_granted_eps to none in particular', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { type: 'ip', enterprise_project_id: places.enterpriseProject });
  const path = `/elb/pools/${pool.id}/members`;
  await api.create(path, { member: { address: '10.0.0.1', protocol_port: 80 } });
  const counted = async (query: string) => assertDone(await api.get(`${path}?${query}`)).members.length;
  assert.equal(await counted(''), 1);
  assert.equal(await counted(`enterprise_project_id=${places.enterpriseProject}`), 1);
  assert.equal(await counted('enterprise_project_id=0'), 0);
  assert.equal(await counted(`enterprise_project_id=0&enterprise_project_id=${places.enterpriseProject}`), 1);
  assert.equal(await counted('enterprise_project_id=all_granted_eps'), 1);
});

test('S12 members without a server are found by an empty instance_id', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const path = `/elb/pools/${pool.id}/members`;
  await cp.api.create(path, { member: { address: '10.0.0.1', protocol_port: 80 } });
  await cp.api.create(path, {
    member: { address: '10.20.0.10', protocol_port: 80, subnet_cidr_id: places.declaredSubnet },
  });
  const { members } = assertDone(await cp.api.get(`${path}?instance_id=`));
  assert.deepEqual(
    members.map(({ address }: { address: string }) => address),
    ['10.0.0.1'],
  );
});

test('S13 a call without X-Auth-Token is refused before anything is said of the pool', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  for (const id of [pool.id, places.nothing]) {
    const response = await fetch(`${cp.url}/v3/${seed.projectId}/elb/pools/${id}/members`);
    const { error_code } = (await response.json()) as { error_code: string };
    assert.deepEqual([response.status, error_code], [401, 'SYS.0401']);
  }
});

test('S27 in a pool with any_port_enable the port may be left out and has no effect', async () => {
  evidence('member.protocol_port', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const pool = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id, any_port_enable: true });
  const path = `/elb/pools/${pool.id}/members`;
  const without = await api.create(path, { member: { address: '10.0.0.1' } });
  const given = await api.create(path, { member: { address: '10.0.0.2', protocol_port: 8080 } });
  assert.deepEqual([without.protocol_port, given.protocol_port], [0, 0]);
  const after = assertDone(await api.put(`${path}/${given.id}`, { member: { protocol_port: 9090 } })).member;
  assert.equal(after.protocol_port, 0);
  assertRefused(
    await api.post(path, { member: { address: '10.0.0.2', protocol_port: 9999 } }),
    409,
    'ELB.8907',
    /already has a member with address 10\.0\.0\.2/,
  );
});

test('S21 S42 a dual-stack pool takes both families, each by its own subnet id', async () => {
  evidence('member.address', 'enforced');
  evidence('member.subnet_cidr_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const dual = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id });
  const add = (poolId: string, address: string, subnet_cidr_id: string) =>
    api.post(`/elb/pools/${poolId}/members`, { member: { address, protocol_port: 80, subnet_cidr_id } });
  assert.equal(dual.ip_version, 'dualstack');
  const v4 = assertDone(await add(dual.id, '120.10.10.9', seed.subnetCidrId), 201).member;
  const v6 = assertDone(await add(dual.id, '2001:DB8:A583:6A:0::9', seed.networkId), 201).member;
  assert.deepEqual([v4.ip_version, v6.ip_version], ['v4', 'v6']);
  assert.equal(v6.address, '2001:db8:a583:6a::9', 'in the one spelling of RFC 5952');
  assertRefused(
    await add(dual.id, '120.10.10.8', seed.networkId),
    404,
    'ELB.8904',
    /subnet .* could not be found/,
  );
  assertRefused(
    await add(dual.id, '2001:db8:a583:6a::8', seed.subnetCidrId),
    404,
    'ELB.8904',
    /subnet .* could not be found/,
  );
  const v4Only = await makePool(api, { protocol: 'HTTP', loadbalancer_id: lb.id });
  assertRefused(
    await add(v4Only.id, '2001:db8:a583:6a::9', seed.networkId),
    400,
    'ELB.8933',
    /ip_version is v4/,
  );
});
