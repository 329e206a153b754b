/** What else belongs to a load balancer in its document: master-slave pools, logs, names, public IPs and its kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makeMember,
  makePolicy,
  makePool,
  makeShared,
} from './fixtures.ts';
import { answersOf, applyPath, declaredIp, exportPath, newPublicIp, startGround } from './graph-ground.ts';

type Entry = Readonly<Record<string, unknown>>;

const said = (changes: readonly Record<string, string>[]) =>
  changes.map(({ action, type, name }) => `${action} ${type} ${name}`);
const documentOf = async (api: ApiClient, id: string) => assertDone(await api.get(exportPath(id)));
const apply = async (api: ApiClient, document: unknown) =>
  assertDone(await api.put(applyPath, document)).changes;
const showLoadBalancer = async (api: ApiClient, id: string) =>
  assertDone(await api.get(`/elb/loadbalancers/${id}`)).loadbalancer;

test('MS-2: a master-slave pool that differs is made anew in one transaction, and its listener follows', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { name: 'web' });
  const pool = await makeMasterSlavePool(api, { name: 'pair', loadbalancer_id: lb.id });
  const listener = await makeListener(api, lb.id, {
    ...{ name: 'tcp', protocol: 'TCP', default_pool_id: pool.id },
  });
  const document = await documentOf(api, lb.id);
  assert.equal(document.listeners[0].default_pool_id, 'pair');
  const [pair] = document.master_slave_pools;
  const turned = { ...document, master_slave_pools: [{ ...pair, members: pair.members.toReversed() }] };
  assert.deepEqual(await apply(api, turned), []);
  const master = { ...pair.members.find(({ role }: Entry) => role === 'master'), protocol_port: 7 };
  const slave = pair.members.find(({ role }: Entry) => role === 'slave');
  const wanted = {
    ...document,
    master_slave_pools: [
      { ...pair, members: [master, slave], healthmonitor: { ...pair.healthmonitor, delay: 40 } },
    ],
  };
  const changes = await apply(api, wanted);
  assert.deepEqual(said(changes), [
    'update listener tcp',
    'delete master_slave_pool pair',
    'create master_slave_pool pair',
  ]);
  const [follows, , { id, replaces, fields }] = changes;
  assert.deepEqual(follows.fields, { default_pool_id: { before: pool.id, after: 'pair' } });
  assert.equal(replaces, pool.id);
  assert.deepEqual(Object.keys(fields), ['members', 'healthmonitor']);
  assert.equal(fields.healthmonitor.after.delay, 40);
  const { default_pool_id } = assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener;
  assert.equal(default_pool_id, id);
  assert.equal(assertDone(await api.get(`/elb/master-slave-pools/${id}`)).pool.members[0].protocol_port, 7);
  assert.deepEqual(await apply(api, wanted), []);
});

test('an ordinary and a master-slave pool of one name have keys of their own', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { name: 'web' });
  await makePool(api, { name: 'p', protocol: 'TCP', loadbalancer_id: lb.id });
  const pair = await makeMasterSlavePool(api, { name: 'p', loadbalancer_id: lb.id });
  await makeListener(api, lb.id, { name: 'tcp', protocol: 'TCP', default_pool_id: pair.id });
  const document = await documentOf(api, lb.id);
  assert.equal(document.pools[0].key, 'p 1');
  assert.equal(document.master_slave_pools[0].key, 'p 2');
  assert.equal(document.listeners[0].default_pool_id, 'p 2');
  const { key: _, ...keyless } = document.master_slave_pools[0];
  const unclear = { ...document, pools: [{ ...document.pools[0], key: 'p' }], master_slave_pools: [keyless] };
  assertRefused(await api.put(applyPath, unclear), 400, 'ELB.8902', /pools.*two of them have the key "p"/);
});

test('a pool that another load balancer uses too is not deleted', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const owner = await makeLoadBalancer(api, { name: 'owner' });
  const user = await makeLoadBalancer(api, { name: 'user' });
  const pair = await makeMasterSlavePool(api, { name: 'pair', loadbalancer_id: owner.id });
  const pool = await makePool(api, { name: 'pool', loadbalancer_id: owner.id });
  const tcp = await makeListener(api, user.id, { protocol: 'TCP', default_pool_id: pair.id });
  const http = await makeListener(api, user.id, { protocol_port: 81, default_pool_id: pool.id });
  const { master_slave_pools, pools, ...rest } = await documentOf(api, owner.id);
  const message = (id: string) =>
    new RegExp(`would be deleted, and listener ${id} of load balancer ${user.id}`);
  assertRefused(await api.put(applyPath, { ...rest, pools }), 409, 'ELB.8907', message(tcp.id));
  assertRefused(await api.put(applyPath, { ...rest, master_slave_pools }), 409, 'ELB.8907', message(http.id));
  assert.equal((await documentOf(api, user.id)).pools.length, 1);
});

test('a logtank and the names in DNS are made, changed and taken away', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { name: 'web', vip_address: '120.10.10.50' });
  const plain = await documentOf(api, lb.id);
  const withSettings = (settings: Entry) => ({
    ...plain,
    loadbalancer: { ...plain.loadbalancer, ...settings },
  });
  const names = { private_domain_name_enable: true, private_dns_zone_name: 'Example.com.' };
  const first = withSettings({
    logtank: { log_group_id: 'g', log_topic_id: 't' },
    domain_names: { ...names, disabled_ips: ['120.10.10.50'] },
  });
  assert.deepEqual(said(await apply(api, first)), ['create logtank ', 'create domain_names ']);
  assert.deepEqual(await apply(api, first), []);
  const { logtank, domain_names } = (await documentOf(api, lb.id)).loadbalancer;
  assert.deepEqual(logtank, { log_group_id: 'g', log_topic_id: 't' });
  assert.deepEqual(domain_names, {
    ...names,
    ...{ private_dns_zone_name: 'example.com', disabled_ips: ['120.10.10.50'] },
  });
  assert.equal((await showLoadBalancer(api, lb.id)).log_topic_id, 't');
  const second = withSettings({
    logtank: { log_group_id: 'g', log_topic_id: 'u' },
    domain_names: { ...names, private_dns_record_set_ttl: 60 },
  });
  const changes = await apply(api, second);
  assert.deepEqual(
    changes.map(({ type, fields }: Entry) => [type, fields]),
    [
      ['logtank', { log_topic_id: { before: 't', after: 'u' } }],
      [
        'domain_names',
        {
          private_dns_record_set_ttl: { before: 300, after: 60 },
          disabled_ips: { before: ['120.10.10.50'], after: null },
        },
      ],
    ],
  );
  assert.deepEqual(await apply(api, second), []);
  assert.deepEqual(said(await apply(api, plain)), ['delete logtank ', 'delete domain_names ']);
  assert.deepEqual(await documentOf(api, lb.id), plain);
  const stranger = withSettings({ domain_names: { ...names, disabled_ips: ['120.10.10.51'] } });
  assertRefused(await api.put(applyPath, stranger), 400, 'ELB.8902', /120\.10\.10\.51 is no address/);
});

test('a public IP that was made is described, one of the inventory goes by its id, and both can change', async () => {
  await using here = await startGround();
  await using there = await startGround();
  const { api } = here;
  const made = await makeLoadBalancer(api, { name: 'made', publicip: newPublicIp });
  const document = await documentOf(api, made.id);
  assert.deepEqual(document.loadbalancer.publicip, { ...newPublicIp, ip_version: 4 });
  assert.equal(document.loadbalancer.publicip_ids, undefined);
  assertDone(await there.api.put(applyPath, document));
  assert.deepEqual(await answersOf(there.api), await answersOf(api));
  assert.deepEqual(await apply(api, document), []);

  const bound = await makeLoadBalancer(api, { name: 'bound' });
  const plain = await documentOf(api, bound.id);
  const wanted = { ...plain, loadbalancer: { ...plain.loadbalancer, publicip_ids: [declaredIp] } };
  assert.deepEqual(said(await apply(api, wanted)), ['update loadbalancer bound']);
  assert.equal((await showLoadBalancer(api, bound.id)).publicips[0].publicip_id, declaredIp);
  assert.deepEqual(await documentOf(api, bound.id), wanted);
  assert.deepEqual(await apply(api, wanted), []);
  // Leaving it out asks for no change.
  assert.deepEqual(await apply(api, plain), []);
  await apply(api, { ...plain, loadbalancer: { ...plain.loadbalancer, publicip_ids: [] } });
  assert.deepEqual((await showLoadBalancer(api, bound.id)).publicips, []);
});

test('LB-6: a shared load balancer is shared in a copy, with all that only shared ones have', async () => {
  await using here = await startGround();
  await using there = await startGround();
  const { api } = here;
  const lb = await makeShared(api, { name: 'old', tags: [{ key: 'k', value: 'v' }] });
  assertDone(
    await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { deletion_protection_enable: true } }),
  );
  const certificate = await api.create('/elb/certificates', { certificate: { name: 'c', ...serverPair() } });
  const https = await makeListener(api, lb.id, {
    ...{ name: 'tls', protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: certificate.id },
  });
  const pool = await makePool(api, { name: 'p', loadbalancer_id: lb.id });
  await makeMember(api, pool.id);
  await makePolicy(api, https.id, { redirect_pool_id: pool.id });
  for (const [port, transparent_client_ip_enable] of [
    [1, true],
    [2, false],
  ] as const) {
    await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: port, transparent_client_ip_enable });
  }
  await makeListener(api, lb.id, { protocol: 'UDP', protocol_port: 3 });
  const document = await documentOf(api, lb.id);
  assert.equal(document.loadbalancer.guaranteed, false);
  assertDone(await there.api.put(applyPath, document));
  assert.deepEqual(await answersOf(there.api), await answersOf(api));
  for (const each of [api, there.api]) assert.deepEqual(await apply(each, document), []);
  const asHttps = document.listeners.map((each: Entry) =>
    each['protocol'] === 'TERMINATED_HTTPS' ? { ...each, protocol: 'HTTPS' } : each,
  );
  assert.deepEqual(await apply(api, { ...document, listeners: asHttps }), []);
  const dedicated = { ...document, loadbalancer: { name: 'old', availability_zone_list: ['az1'] } };
  assertRefused(
    await api.put(applyPath, dedicated),
    400,
    'ELB.8902',
    /guaranteed.*it is false and cannot be changed/,
  );
  assertRefused(
    await api.get(exportPath(lb.id, 'terraform')),
    409,
    'ELB.8907',
    /is shared, and the resources/,
  );
});

test('the zones and the kind of billing of a load balancer are as the document says', async () => {
  await using here = await startGround();
  await using there = await startGround();
  const { api } = here;
  const lb = await makeLoadBalancer(api, { name: 'web', availability_zone_list: ['az1'] });
  assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { charge_mode: 'flavor' } }));
  const document = await documentOf(api, lb.id);
  assertDone(await there.api.put(applyPath, document));
  assert.deepEqual(await answersOf(there.api), await answersOf(api));
  const moved = { ...document, loadbalancer: { ...document.loadbalancer, availability_zone_list: ['az2'] } };
  const [change] = await apply(api, moved);
  assert.deepEqual(change.fields, { availability_zone_list: { before: ['az1'], after: ['az2'] } });
  assert.deepEqual((await showLoadBalancer(api, lb.id)).availability_zone_list, ['az2']);
  assert.deepEqual(await apply(api, moved), []);
  const nowhere = { version: 1, loadbalancer: { name: 'new', vip_subnet_cidr_id: seed.subnetCidrId } };
  assertRefused(
    await api.put(applyPath, nowhere),
    400,
    'ELB.8902',
    /zone_list.*required when guaranteed is true/,
  );
});
