/** How load balancers are paid: by flavor, by use, or in advance (rules digest 2.1.7, LB-5, LB-14). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, flavorId, makeLoadBalancer, places } from './fixtures.ts';

const four = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50', address: '203.0.113.9' };
const six = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f51', address: '2001:db8::9' };
const spare = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f52', address: '203.0.113.10' };
const inventory = { ...seedInventory, publicips: [four, six, spare] };

const change = (api: ApiClient, body: object) =>
  api.post('/elb/loadbalancers/change-charge-mode', { charge_mode: 'prepaid', ...body });
const show = async (api: ApiClient, id: string) =>
  assertDone(await api.get(`/elb/loadbalancers/${id}`)).loadbalancer;

test('LB-5 a flavor that an update gives decides how its load balancer is billed', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const [fixed, elastic] = [
    await flavorId(api, 'L4_flavor.elb.s1.small'),
    await flavorId(api, 'L4_flavor.elb.pro.max'),
  ];
  const lb = await makeLoadBalancer(api, { l4_flavor_id: fixed });
  const put = async (fields: object) =>
    assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields })).loadbalancer
      .charge_mode;
  assert.equal(lb.charge_mode, 'flavor');
  assert.equal(await put({ l4_flavor_id: elastic }), 'lcu');
  assert.equal(await put({ l4_flavor_id: elastic, charge_mode: 'flavor' }), 'flavor');
  assert.equal(await put({ name: 'other' }), 'flavor');
  assert.equal(await put({ l4_flavor_id: elastic }), 'lcu');
  assert.equal(await put({ l4_flavor_id: fixed }), 'flavor');
});

test('LB-14 with autoscaling an update changes no flavor', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const small = await flavorId(api, 'L4_flavor.elb.s1.small');
  const bigger = await flavorId(api, 'L4_flavor.elb.s2.small');
  const lb = await makeLoadBalancer(api, { l4_flavor_id: small });
  const put = async (fields: object) =>
    assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields })).loadbalancer;
  assert.equal((await put({ autoscaling: { enable: true } })).l4_flavor_id, small);
  assert.equal((await put({ l4_flavor_id: bigger })).l4_flavor_id, small);
  assert.equal((await put({ l4_flavor_id: null })).l4_flavor_id, small);
  assert.equal((await put({ l4_flavor_id: bigger, autoscaling: { enable: false } })).l4_flavor_id, bigger);
});

test('change-charge-mode answers an order, which the load balancers then show', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const [a, b] = [await makeLoadBalancer(api), await makeLoadBalancer(api)];
  const { request_id, ...answer } = assertDone(
    await change(api, { loadbalancer_ids: [b.id, a.id, b.id], prepaid_options: null }),
  );
  assert.ok(request_id);
  assert.deepEqual(answer, {
    loadbalancer_id_list: [b.id, a.id],
    eip_id_list: [],
    order_id: answer.order_id,
  });
  assert.match(answer.order_id, /^CS[0-9A-F]{16}$/);
  for (const before of [a, b]) {
    const after = await show(api, before.id);
    const [order, product, region, project, ...more] = after.billing_info.split(':');
    assert.deepEqual([order, region, project, more], [answer.order_id, 'region-1', seed.projectId, []]);
    assert.match(product, /^[0-9a-f-]{36}$/);
    assert.deepEqual({ ...after, billing_info: null, updated_at: before.updated_at }, before);
  }
  const listed = assertDone(
    await api.get(`/elb/loadbalancers?billing_info=${(await show(api, a.id)).billing_info}`),
  );
  assert.equal(listed.loadbalancers.length, 2);
});

test('public IPs are ordered when asked for: all of IPv4, those named, or none', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const make = async (id: string) => makeLoadBalancer(api, { publicip_ids: [id] });
  const [a, b] = [await make(four.id), await make(six.id)];
  const order = async (lb: { id: string }, options: object | undefined) => {
    const body = { loadbalancer_ids: [lb.id], ...(options ? { prepaid_options: options } : {}) };
    return assertDone(await change(api, body)).eip_id_list;
  };
  const month = { period_type: 'month', period_num: 9, auto_renew: true, auto_pay: true };
  assert.deepEqual(await order(a, { ...month, include_publicip: true }), [four.id]);
  assert.deepEqual(await order(b, { ...month, include_publicip: true }), [], 'IPv6 is not ordered');
  const c = await make(spare.id);
  assert.deepEqual(await order(c, { ...month, include_publicip: true, publicip_ids: [] }), []);
  assertDone(await api.delete(`/elb/loadbalancers/${c.id}`), 204);
  const d = await make(spare.id);
  const year = { period_type: 'year', period_num: 3, include_publicip: true };
  assert.deepEqual(await order(d, { ...year, publicip_ids: [spare.id] }), [spare.id]);
});

test('a wrong order is refused with what would be right, and nothing is ordered', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { publicip_ids: [four.id] });
  const prepaid = await makeLoadBalancer(api, { publicip_ids: [six.id] });
  assertDone(await change(api, { loadbalancer_ids: [prepaid.id] }));
  const loadbalancer_ids = [lb.id];
  const options = (prepaid_options: object) => ({ loadbalancer_ids, prepaid_options });
  const wrong: [object, number, string, RegExp][] = [
    [{}, 400, 'ELB.8902', /'loadbalancer_ids': it is required/],
    [{ loadbalancer_ids: [] }, 400, 'ELB.8902', /loadbalancer_ids': got \[\], expected a list of 1 to 100/],
    [
      { loadbalancer_ids, charge_mode: 'postpaid' },
      400,
      'ELB.8902',
      /charge_mode': got "postpaid", expected prepaid/,
    ],
    [options({}), 400, 'ELB.8902', /prepaid_options\.period_type': it is required/],
    [
      options({ period_type: 'week' }),
      400,
      'ELB.8902',
      /period_type': got "week", expected one of month, year/,
    ],
    [
      options({ period_type: 'month', period_num: 10 }),
      400,
      'ELB.8902',
      /period_num': got 10, expected .* 1 to 9/,
    ],
    [options({ period_type: 'month', period_num: 0 }), 400, 'ELB.8902', /period_num/],
    [
      options({ period_type: 'year', period_num: 4 }),
      400,
      'ELB.8902',
      /period_num': got 4, expected .* 1 to 3/,
    ],
    [options({ period_type: 'year', auto_pay: 1 }), 400, 'ELB.8902', /auto_pay/],
    [
      options({ period_type: 'year', publicip_ids: [] }),
      400,
      'ELB.8902',
      /publicip_ids': it goes with include/,
    ],
    [
      options({ period_type: 'year', include_publicip: true, publicip_ids: [four.id, spare.id] }),
      400,
      'ELB.8902',
      new RegExp(`publicip_ids\\[1\\]': ${spare.id} is no public IPv4 .* there are ${four.id}`),
    ],
    [{ loadbalancer_ids: [lb.id, places.nothing] }, 404, 'ELB.8904', /load balancer \S+ could not be found/],
    [{ loadbalancer_ids: [lb.id, prepaid.id] }, 409, 'ELB.8907', /is paid in advance already; leave it out/],
  ];
  for (const [body, status, code, message] of wrong) {
    assertRefused(await change(api, body), status, code, message);
  }
  assertRefused(await change(cp.other, { loadbalancer_ids }), 404, 'ELB.8904', /could not be found/);
  assert.deepEqual(await show(api, lb.id), lb);
});
