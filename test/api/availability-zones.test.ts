import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { makeLoadBalancer } from './fixtures.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

const zone = (code: string) => ({
  code,
  state: 'ACTIVE',
  protocol: ['L4', 'L7'],
  public_border_group: 'center',
  category: 0,
});

test('the zones of the inventory are one set, and nothing else is in the answer', async () => {
  const { status, body } = await controlPlane.api.get('/elb/availability-zones');
  assert.equal(status, 200);
  const { request_id, ...rest } = body;
  assert.equal(typeof request_id, 'string');
  assert.deepEqual(rest, { availability_zones: [[zone('az1'), zone('az2')]] });
});

test('a load balancer has the zones of its set, and one that is not there is told so', async () => {
  const { api, other } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const { body } = await api.get(`/elb/availability-zones?loadbalancer_id=${lb.id}`);
  assert.deepEqual(body.availability_zones, [[zone('az1'), zone('az2')]]);
  for (const [caller, id] of [[api, 'nobody'] as const, [other, lb.id] as const]) {
    const refused = await caller.get(`/elb/availability-zones?loadbalancer_id=${id}`);
    assert.equal(refused.status, 404);
    assert.equal(refused.body.error_code, 'ELB.8904');
    assert.equal(refused.body.error_msg, `load balancer ${id} could not be found.`);
  }
});

test('zones are filtered by their site', async () => {
  const { api } = controlPlane;
  const center = await api.get('/elb/availability-zones?public_border_group=center');
  assert.deepEqual(center.body.availability_zones, [[zone('az1'), zone('az2')]]);
  const edge = await api.get('/elb/availability-zones?public_border_group=edge-1');
  assert.deepEqual(edge.body.availability_zones, []);
});

test('a filter that takes one value refuses two', async () => {
  const refused = await controlPlane.api.get(
    '/elb/availability-zones?public_border_group=a&public_border_group=b',
  );
  assert.equal(refused.status, 400);
  assert.equal(
    refused.body.error_msg,
    "Invalid input for 'public_border_group': it was given 2 times; give it once.",
  );
});
