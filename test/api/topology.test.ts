/** The topology of a load balancer (rules digest 3.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

const pathOf = (id: string, query = '') => `/elb/loadbalancers/${id}/topology${query}`;
const topologyOf = async (api: ApiClient, id: string, query = '') =>
  assertDone(await api.get(pathOf(id, query))).topology;

const eip = { id: 'e0e0e0e0-0000-4000-8000-000000000001', address: '203.0.113.7' };
const inventory = { ...seedInventory, publicips: [eip] };

const edge = (source_type: string, source: string, target_type: string, target: string) => ({
  ...{ source, target, source_type, target_type },
});

const byEnds = (a: { source: string; target: string }, b: { source: string; target: string }) =>
  `${a.source}${a.target}` < `${b.source}${b.target}` ? -1 : 1;

test('an empty load balancer is a node alone', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api, { name: 'lb' });
  const reply = await cp.api.get(pathOf(lb.id));
  assert.deepEqual(Object.keys(assertDone(reply)).sort(), ['request_id', 'topology']);
  assert.deepEqual(reply.body.topology, {
    nodes: {
      loadbalancers: [
        {
          ...{ id: lb.id, name: 'lb', guaranteed: true, availability_zone_list: ['az1'] },
          ...{ l4_flavor_id: lb.l4_flavor_id, l7_flavor_id: lb.l7_flavor_id },
          ...{ vip_address: lb.vip_address, ipv6_vip_address: null },
        },
      ],
      ...{ eips: [], listeners: [], pools: [] },
    },
    edges: [],
    labels: { l7policies: [] },
  });
});

/** A load balancer with every kind of way: default pools, policies to pools and to a listener, and a spare pool. */
async function makeWays(api: ApiClient) {
  const lb = await makeLoadBalancer(api, { publicip_ids: [eip.id] });
  const http = await makeListener(api, lb.id, { name: 'http', protocol_port: 80 });
  const tcp = await makeListener(api, lb.id, { name: 'tcp', protocol: 'TCP', protocol_port: 81 });
  const main = await makePool(api, { listener_id: http.id, name: 'main' });
  const beta = await makePool(api, { loadbalancer_id: lb.id, name: 'beta' });
  const spare = await makePool(api, { loadbalancer_id: lb.id, name: 'spare' });
  const pair = await makeMasterSlavePool(api, { listener_id: tcp.id, name: 'pair' });
  const toBeta = await api.create('/elb/l7policies', {
    l7policy: {
      ...{ listener_id: http.id, name: 'to beta', action: 'REDIRECT_TO_POOL', redirect_pool_id: beta.id },
      rules: [{ type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'beta.example.com' }],
    },
  });
  return { lb, http, tcp, main, beta, spare, pair, toBeta };
}

test('every node has its fields, every way is an edge, and the ways of policies are labelled', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const { lb, http, tcp, main, beta, spare, pair, toBeta } = await makeWays(api);
  const { nodes, edges, labels } = await topologyOf(api, lb.id);
  assert.deepEqual(nodes.eips, [{ id: eip.id, ip_address: eip.address, ip_version: 4 }]);
  const listeners = [
    { id: http.id, name: 'http', protocol: 'HTTP', protocol_port: 80, port_ranges: [] },
    { id: tcp.id, name: 'tcp', protocol: 'TCP', protocol_port: 81, port_ranges: [] },
  ];
  const sorted = (records: { id: string }[]) => records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(nodes.listeners, sorted(listeners));
  const node = (pool: { id: string; name: string }, protocol: string, type: string) => ({
    ...{ id: pool.id, name: pool.name, protocol, type, lb_algorithm: 'ROUND_ROBIN' },
  });
  const pools = [node(main, 'HTTP', ''), node(beta, 'HTTP', ''), node(spare, 'HTTP', '')];
  assert.deepEqual(nodes.pools, sorted([...pools, node(pair, 'TCP', 'ip')]));
  assert.deepEqual(
    edges.toSorted(byEnds),
    [
      edge('eip', eip.id, 'loadbalancer', lb.id),
      edge('loadbalancer', lb.id, 'listener', http.id),
      edge('loadbalancer', lb.id, 'listener', tcp.id),
      edge('listener', http.id, 'pool', main.id),
      edge('listener', tcp.id, 'pool', pair.id),
      { ...edge('listener', http.id, 'pool', beta.id), label: 'l7policy', label_id: toBeta.id },
    ].toSorted(byEnds),
  );
  const [rule] = assertDone(await api.get(`/elb/l7policies/${toBeta.id}/rules`)).rules;
  assert.deepEqual(labels.l7policies, [
    {
      ...{ id: toBeta.id, name: 'to beta', priority: toBeta.priority, action: 'REDIRECT_TO_POOL' },
      ...{ admin_state_up: true, rules: [rule] },
    },
  ]);
});

test('policies that redirect to listeners or to several pools lead there; others are only labels', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const { lb, http, beta, spare, toBeta } = await makeWays(api);
  const certificate = await api.create('/elb/certificates', { certificate: serverPair() });
  const https = await makeListener(api, lb.id, {
    ...{ protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: certificate.id },
  });
  assertDone(await api.put(`/elb/listeners/${http.id}`, { listener: { enhance_l7policy_enable: true } }));
  const policy = (fields: object) =>
    api.create('/elb/l7policies', { l7policy: { listener_id: http.id, ...fields } });
  const toHttps = await policy({ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id });
  const split = await policy({
    ...{ action: 'REDIRECT_TO_POOL', priority: 7 },
    redirect_pools_config: [
      { pool_id: beta.id, weight: 1 },
      { pool_id: spare.id, weight: 2 },
    ],
    rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/x' }],
  });
  const fixed = await policy({
    ...{ action: 'FIXED_RESPONSE', priority: 8, fixed_response_config: { status_code: '404' } },
    rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/y' }],
  });
  const { edges, labels } = await topologyOf(api, lb.id);
  const labelled = edges.filter(({ label }: { label?: string }) => label !== undefined);
  const by = (id: string, type: string, target: string) => ({
    ...edge('listener', http.id, type, target),
    ...{ label: 'l7policy', label_id: id },
  });
  const key = (each: { target: string; label_id: string }) => `${each.label_id}${each.target}`;
  const inOrder = (a: Parameters<typeof key>[0], b: Parameters<typeof key>[0]) => (key(a) < key(b) ? -1 : 1);
  assert.deepEqual(
    labelled.toSorted(inOrder),
    [
      by(toBeta.id, 'pool', beta.id),
      by(toHttps.id, 'listener', https.id),
      by(split.id, 'pool', beta.id),
      by(split.id, 'pool', spare.id),
    ].toSorted(inOrder),
  );
  assert.deepEqual(
    labels.l7policies.map(({ id }: { id: string }) => id).toSorted(),
    [toBeta.id, toHttps.id, split.id, fixed.id].toSorted(),
  );
});

test('a query leaves the listeners and pools asked for, and what leads from or to them', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const { lb, http, tcp, main, beta, spare, pair } = await makeWays(api);
  const names = async (query: string) => {
    const { nodes, edges, labels } = await topologyOf(api, lb.id, `?${query}`);
    assert.equal(nodes.loadbalancers.length + nodes.eips.length, 2, 'these are always shown');
    const shown = new Set([lb, ...nodes.eips, ...nodes.listeners, ...nodes.pools].map(({ id }) => id));
    for (const { source, target } of edges) assert.ok(shown.has(source) && shown.has(target), query);
    assert.equal(
      labels.l7policies.length,
      nodes.listeners.some(({ id }: { id: string }) => id === http.id) ? 1 : 0,
    );
    return [nodes.listeners, nodes.pools].map((each) =>
      each.map(({ name }: { name: string }) => name).toSorted(),
    );
  };
  const ofHttp = [['http'], ['beta', 'main']];
  assert.deepEqual(await names(`listener_id=${http.id}`), ofHttp);
  assert.deepEqual(await names('listener_name=http'), ofHttp);
  assert.deepEqual(await names('listener_protocol=HTTP'), ofHttp);
  assert.deepEqual(await names('listener_protocol_port=80'), ofHttp);
  assert.deepEqual(await names(`pool_id=${beta.id}`), [['http'], ['beta']]);
  assert.deepEqual(await names('pool_name=pair'), [['tcp'], ['pair']]);
  assert.deepEqual(await names(`pool_id=${spare.id}`), [[], ['spare']]);
  assert.deepEqual(await names(`pool_id=${main.id}&pool_id=${pair.id}`), [
    ['http', 'tcp'],
    ['main', 'pair'],
  ]);
  assert.deepEqual(await names(`listener_name=http&listener_id=${tcp.id}`), [[], []]);
  assert.deepEqual(await names('listener_name=http&pool_name=main'), [['http'], ['main']]);
  assert.deepEqual(await names('listener_name=http&pool_name=pair'), [[], []]);
  assert.deepEqual(await names('listener_name=nobody'), [[], []]);
  assert.deepEqual(await names('unknown=1'), [
    ['http', 'tcp'],
    ['beta', 'main', 'pair', 'spare'],
  ]);
  const bad = async (query: string, message: RegExp) =>
    assertRefused(await api.get(pathOf(lb.id, `?${query}`)), 400, 'ELB.8902', message);
  await bad('listener_protocol=SCTP', /'listener_protocol': got "SCTP", expected one of TCP/);
  await bad('listener_protocol_port=http', /'listener_protocol_port': got "http", expected an integer/);
});

test('a pool that another load balancer’s listener uses is shown by both', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  const other = await makeLoadBalancer(api);
  const listener = await makeListener(api, other.id);
  assertDone(await api.put(`/elb/listeners/${listener.id}`, { listener: { default_pool_id: pool.id } }));
  for (const { id } of [lb, other]) {
    const { nodes, edges } = await topologyOf(api, id);
    assert.deepEqual([nodes.listeners.length, nodes.pools.length, edges.length], [1, 1, 2]);
    assert.equal(nodes.pools[0].id, pool.id);
  }
});

test('the topology of no load balancer, or of another project’s, is not found', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const wording = /load balancer .* could not be found/;
  assertRefused(await cp.api.get(pathOf(places.nothing)), 404, 'ELB.8904', wording);
  assertRefused(await cp.other.get(pathOf(lb.id)), 404, 'ELB.8904', wording);
});
