import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { makeLoadBalancer } from './fixtures.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

async function count(query: string): Promise<number> {
  const { status, body } = await controlPlane.api.get(`/elb/preoccupy-ip-num?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  const { request_id, ...rest } = body;
  assert.equal(typeof request_id, 'string');
  assert.deepEqual(Object.keys(rest), ['preoccupy_ip']);
  assert.deepEqual(Object.keys(rest.preoccupy_ip), ['total']);
  return rest.preoccupy_ip.total;
}

test('a new load balancer takes its own address and no other, whatever it is to do', async () => {
  const { api } = controlPlane;
  const flavor = (await api.get('/elb/flavors?type=L7&limit=1')).body.flavors[0].id;
  assert.equal(await count('availability_zone_id=az1'), 1);
  assert.equal(
    await count(
      `availability_zone_id=az1&availability_zone_id=az2&l7_flavor_id=${flavor}&ip_target_enable=true&ip_version=6`,
    ),
    1,
  );
});

test('what is counted for a new load balancer is what creating it takes', async () => {
  const { api } = controlPlane;
  const free = async (address: string) => {
    const made = await api.post('/elb/loadbalancers', {
      loadbalancer: {
        vip_subnet_cidr_id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
        availability_zone_list: ['az1'],
        vip_address: address,
        ip_target_enable: true,
      },
    });
    return made.status === 201;
  };
  assert.ok(await free('10.30.0.2'));
  assert.equal(await free('10.30.0.2'), false, 'the one address is taken');
  assert.ok(await free('10.30.0.3'), 'its neighbour is not');
});

test('nothing that an existing load balancer is changed to takes another address', async () => {
  const { api, other } = controlPlane;
  const { id } = await makeLoadBalancer(api);
  for (const more of [
    '',
    '&ip_target_enable=true',
    '&scene=UPGRADE',
    '&sence=UPGRADE',
    '&nat64_enable=true',
  ]) {
    assert.equal(await count(`loadbalancer_id=${id}${more}`), 0, more);
  }
  assert.equal(await count(`loadbalancer_id=${id}&availability_zone_id=ignored`), 0);
  assert.equal((await other.get(`/elb/preoccupy-ip-num?loadbalancer_id=${id}`)).status, 404);
});

test('a plan that cannot be is refused with what would be right', async () => {
  const { api } = controlPlane;
  const l4 = (await api.get('/elb/flavors?type=L4&limit=1')).body.flavors[0].id;
  for (const [query, message] of [
    [
      'availability_zone_id=az9',
      /'availability_zone_id': there is no zone "az9" in region-1; there are az1, az2/,
    ],
    [`l7_flavor_id=${l4}`, /'l7_flavor_id': the flavor L4_flavor\S* has type L4, expected one of L7, /],
    ['ip_version=5', /'ip_version': got "5"/],
    ['ip_target_enable=yes', /'ip_target_enable': got "yes", expected true or false/],
    ['scene=MOVE', /'scene': got "MOVE", expected UPGRADE/],
  ] as const) {
    const refused = await api.get(`/elb/preoccupy-ip-num?${query}`);
    assert.equal(refused.status, 400, query);
    assert.match(refused.body.error_msg, message);
  }
  assert.equal((await api.get('/elb/preoccupy-ip-num?l7_flavor_id=nothing')).status, 404);
});

test('a load balancer sends from no ports of its subnets', async () => {
  const { api, other } = controlPlane;
  const { id } = await makeLoadBalancer(api);
  const path = `/elb/loadbalancers/${id}/local-ports`;
  for (const query of ['', '?type=l4&type=l7&virsubnet_id=x&ip_address=120.10.10.2']) {
    const { status, body } = await api.get(`${path}${query}`);
    assert.equal(status, 200);
    assert.deepEqual(body, { ports: [], request_id: body.request_id });
  }
  const refused = await api.get(`${path}?type=l5`);
  assert.equal(refused.status, 400);
  assert.match(refused.body.error_msg, /'type': got "l5", expected one of l4_hc, l4, l7/);
  assert.equal((await other.get(path)).status, 404);
});
