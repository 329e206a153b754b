/** Several load balancers made at once (rules digest 2.1.7, batch create). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const base = { availability_zone_list: ['az1'], vip_subnet_cidr_id: seed.subnetCidrId };
const batch = (api: ApiClient, fields: object) =>
  api.post('/elb/loadbalancers/batch-create', { loadbalancer: fields });
const list = async (api: ApiClient) => assertDone(await api.get('/elb/loadbalancers')).loadbalancers;

test('one keeps its name and is as a create makes it, with a job that says so', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const alone = await makeLoadBalancer(api, { name: 'web', ip_target_enable: false });
  const answer = assertDone(
    await batch(api, { ...base, name: 'web', id: 'x', ids: ['x'], bandwidth: { id: 'x' } }),
    202,
  );
  assert.deepEqual(Object.keys(answer).sort(), ['job_id', 'loadbalancer_ids', 'request_id']);
  const [id] = answer.loadbalancer_ids;
  const made = assertDone(await api.get(`/elb/loadbalancers/${id}`)).loadbalancer;
  const own = ({
    id: _,
    vip_address: __,
    vip_port_id: ___,
    created_at: ____,
    updated_at: _____,
    ...rest
  }: typeof made) => rest;
  assert.deepEqual(own(made), own(alone));
  const { job } = assertDone(await api.get(`/elb/jobs/${answer.job_id}`));
  assert.deepEqual([job.job_type, job.status, job.resource_id], ['batchCreateV3Loadbalancer', 'SUCCESS', id]);
  assert.deepEqual(job.sub_jobs[0].entities, [{ resource_id: id, resource_type: 'loadbalancer' }]);
});

test('several get a suffix each, and addresses and public IPs of their own', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, public_network: '203.0.114.0/28' });
  const { api } = cp;
  const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
  const { loadbalancer_ids, job_id } = assertDone(
    await batch(api, {
      ...base,
      name: 'web',
      number: 10,
      publicip: { network_type: '5_bgp', bandwidth },
      publicip_ids: [],
      vip_address: null,
    }),
    202,
  );
  const made = await list(api);
  assert.deepEqual(made.map(({ id }: { id: string }) => id).sort(), loadbalancer_ids.toSorted());
  const names = new Map(made.map(({ id, name }: { id: string; name: string }) => [id, name]));
  assert.deepEqual(
    loadbalancer_ids.map((id: string) => names.get(id)),
    [...Array.from({ length: 9 }, (_, i) => `web-000${i + 1}`), 'web-0010'],
  );
  for (const key of ['vip_address', 'vip_port_id']) {
    assert.equal(new Set(made.map((lb: Record<string, unknown>) => lb[key])).size, 10);
  }
  const eips = made.map(
    ({ publicips }: { publicips: { publicip_id: string }[] }) => publicips[0]?.publicip_id,
  );
  assert.equal(new Set(eips).size, 10);
  const { job } = assertDone(await api.get(`/elb/jobs/${job_id}`));
  assert.deepEqual([job.resource_id, job.sub_jobs.length], [null, 10]);
});

test('guaranteed false makes shared ones, with nothing that only dedicated ones have', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const shared = { guaranteed: false, vip_subnet_cidr_id: seed.subnetCidrId };
  const { loadbalancer_ids, job_id } = assertDone(await batch(api, { ...shared, number: 2 }), 202);
  assert.equal(assertDone(await api.get(`/elb/jobs/${job_id}`)).job.job_type, 'batchCreateV2Loadbalancer');
  const made = assertDone(await api.get('/elb/loadbalancers?guaranteed=false')).loadbalancers;
  assert.deepEqual(
    made.map(({ id }: { id: string }) => id),
    loadbalancer_ids.toSorted(),
  );
  const [{ guaranteed, availability_zone_list, elb_virsubnet_ids, charge_mode, name, vpc_id, vip_address }] =
    made;
  assert.deepEqual([guaranteed, availability_zone_list, elb_virsubnet_ids], [false, [], []]);
  assert.deepEqual([charge_mode, name, vpc_id], ['', '-0001', seed.vpcId]);
  assert.match(vip_address, /^120\.10\.10\.\d+$/);
  const refused = {
    ipv6_vip_virsubnet_id: seed.networkId,
    ipv6_vip_address: '2001:db8:a583:6a::9',
    provider: 'vlb',
    l4_flavor_id: 'x',
    l7_flavor_id: 'x',
    vpc_id: seed.vpcId,
    availability_zone_list: ['az1'],
    elb_virsubnet_ids: [seed.networkId],
    deletion_protection_enable: true,
    ip_target_enable: true,
    charge_mode: 'lcu',
  };
  for (const [key, value] of Object.entries(refused)) {
    assertRefused(
      await batch(api, { ...shared, [key]: value }),
      400,
      'ELB.8902',
      new RegExp(`'loadbalancer\\.${key}': a shared load balancer has none; leave it out`),
    );
  }
  assertRefused(
    await batch(api, { guaranteed: false }),
    400,
    'ELB.8902',
    /vip_subnet_cidr_id': it is required for a shared load balancer/,
  );
  assert.equal((await list(api)).length, 2);
});

test('a wrong request is refused with what would be right, and nothing is made', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const wrong: [object, number, string, RegExp][] = [
    [{ ...base, number: 0 }, 400, 'ELB.8902', /number': got 0, expected an integer from 1 to 10/],
    [{ ...base, number: 11 }, 400, 'ELB.8902', /number': got 11/],
    [
      { ...base, number: 2, vip_address: '120.10.10.9' },
      400,
      'ELB.8902',
      /vip_address': only one .* number > 1/,
    ],
    [
      { ...base, number: 2, ipv6_vip_virsubnet_id: seed.networkId, ipv6_vip_address: '2001:db8:a583:6a::9' },
      400,
      'ELB.8902',
      /ipv6_vip_address': only one/,
    ],
    [{ ...base, number: 2, publicip_ids: [places.nothing] }, 400, 'ELB.8902', /publicip_ids': only one/],
    [{ ...base, number: 2, name: 'n'.repeat(251) }, 400, 'ELB.8902', /name': it may have 250 characters/],
    [
      { vip_subnet_cidr_id: seed.subnetCidrId },
      400,
      'ELB.8902',
      /availability_zone_list': it is required when gua/,
    ],
    [{ ...base, availability_zone_list: ['az9'] }, 400, 'ELB.8902', /there is no zone "az9"/],
    [
      { ...base, prepaid_options: { period_type: 'month' } },
      400,
      'ELB.8902',
      /prepaid_options': nothing can be/,
    ],
    [{ ...base, gw_flavor_id: 'x' }, 400, 'ELB.8902', /Unrecognized attribute\(s\) 'gw_flavor_id'/],
    [{ ...base, enterprise_project_id: places.nothing }, 400, 'ELB.1202', /no enterprise project/],
    [{ ...base, vip_subnet_cidr_id: places.nothing }, 404, 'ELB.8904', /subnet \S+ could not be found/],
  ];
  for (const [fields, status, code, message] of wrong) {
    assertRefused(await batch(api, fields), status, code, message);
  }
  assertRefused(await api.post('/elb/loadbalancers/batch-create', {}), 400, 'ELB.8902', /it is required/);
  assertDone(
    await batch(api, { ...base, number: 1, name: 'n'.repeat(255), vip_address: '120.10.10.9' }),
    202,
  );
  assert.equal((await list(api)).length, 1);
  assert.equal(assertDone(await api.get('/elb/jobs')).jobs.length, 1);
});

test('when the last of several cannot be made, none is', async () => {
  await using cp = await startTestControlPlane({
    ...seedInventory,
    public_network: '203.0.114.0/29',
    quotas: { loadbalancer: 7 },
  });
  const { api } = cp;
  const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
  const publicip = { network_type: '5_bgp', bandwidth };
  assertRefused(await batch(api, { ...base, number: 6, publicip }), 400, 'ELB.8950', /has no free address/);
  assertRefused(
    await batch(api, { ...base, number: 8 }),
    409,
    'ELB.8905',
    /\['loadbalancer'\]\. The limit is 7/,
  );
  assert.deepEqual(await list(api), []);
  assert.deepEqual(assertDone(await api.get(`/v1/${seed.projectId}/publicips`)).publicips, []);
  assert.deepEqual(assertDone(await api.get('/elb/jobs')).jobs, []);
  const both = await Promise.all([batch(api, { ...base, number: 4 }), batch(api, { ...base, number: 4 })]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [202, 409]);
  assert.equal((await list(api)).length, 4);
});
