/** The Terraform form of a load balancer, held against what the provider huaweicloud takes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { pem, serverPair } from '../support/pem.ts';
import {
  assertDone,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
} from './fixtures.ts';
import { clear, exportPath, makeGraph, newPublicIp, startGround } from './graph-ground.ts';
import { graphShape } from './graph-shapes.ts';

interface Attribute {
  readonly type: 'string' | 'number' | 'bool' | 'list' | 'map' | 'block';
  readonly required?: boolean;
  /** How many blocks of the name there may be. */
  readonly most?: number;
  readonly attributes?: Attributes;
}
type Attributes = Readonly<Record<string, Attribute>>;

/** The attributes of the provider's resources that a configuration may set. */
const resources: Readonly<Record<string, Attributes>> = JSON.parse(
  readFileSync(new URL('../data/terraform-attributes.json', import.meta.url), 'utf8'),
);

/** A line of a configuration with those inside it. */
interface Line {
  readonly text: string;
  readonly inside: Line[];
}

/** The lines between braces belong to the line that opens them. */
function linesOf(text: string): Line[] {
  const outermost: Line[] = [];
  const open = [outermost];
  for (const each of text.split('\n').map((line) => line.trim())) {
    if (each === '' || each.startsWith('#')) continue;
    if (each === '}') {
      open.pop();
      continue;
    }
    const line = { text: each, inside: [] };
    open.at(-1)?.push(line);
    if (each.endsWith('{')) open.push(line.inside);
  }
  assert.equal(open.length, 1);
  return outermost;
}

const forms: Readonly<Record<Attribute['type'], RegExp>> = {
  string: /^("|[a-z0-9_]+\.[\w-]+\.id$|join\()/,
  number: /^-?\d+$/,
  bool: /^(true|false)$/,
  list: /^\[/,
  map: /^\{/,
  block: /^$/,
};

function checkBody(lines: readonly Line[], attributes: Attributes, where: string): void {
  const given = new Map<string, number>();
  for (const { text, inside } of lines) {
    const [, name = '', value = ''] = /^(\w+) *(?:= )?(.*)$/.exec(text) ?? [];
    const attribute = attributes[name];
    assert.ok(attribute, `${where} has no attribute ${name}: ${text}`);
    given.set(name, (given.get(name) ?? 0) + 1);
    if (attribute.type === 'block') {
      assert.equal(value, '{', `${where}.${name} is a block`);
      checkBody(inside, attribute.attributes ?? {}, `${where}.${name}`);
    } else assert.match(value, forms[attribute.type], `${where}.${name}`);
  }
  for (const [name, { type, required, most }] of Object.entries(attributes)) {
    const times = given.get(name) ?? 0;
    assert.ok(times > 0 || !required, `${where} needs ${name}`);
    assert.ok(times <= (type === 'block' ? (most ?? times) : 1), `${where} has ${times} of ${name}`);
  }
}

/** Checks every resource of a configuration, and that each thing it refers to is there once. */
function checkConfiguration(text: string): Map<string, string> {
  const lines = linesOf(text);
  const made = new Set<string>();
  for (const { text: words, inside } of lines) {
    const [, type = '', label = ''] = /^resource "(\w+)" "([\w-]+)"/.exec(words) ?? [];
    if (type === '') continue;
    assert.ok(!made.has(`${type}.${label}`), `${type}.${label} is there twice`);
    made.add(`${type}.${label}`);
    checkBody(inside, resources[type] ?? {}, type);
  }
  for (const [, to = ''] of text.matchAll(/[= [](huaweicloud_\w+\.[\w-]+)\.id/g)) assert.ok(made.has(to), to);
  const imports = lines.filter(({ text: words }) => words === 'import {');
  const ids = imports.map(({ inside }) => inside.map((each) => each.text.replace(/^\w+ += /, '')));
  assert.deepEqual(new Set(ids.map(([to]) => to)), made);
  return new Map(ids.map(([to = '', id = '']) => [to, id.slice(1, -1)]));
}

/** A load balancer with everything that has an attribute, and things that have none. */
async function makeEverything(api: ApiClient) {
  const lb = await makeLoadBalancer(api, {
    ...{ name: 'all', description: 'd', waf_failure_action: 'discard', publicip: newPublicIp },
    tags: [{ key: 'k', value: 'v' }],
  });
  await api.create('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: 'g', log_topic_id: 't' },
  });
  const group = await api.create('/elb/ipgroups', { ipgroup: { ip_list: [{ ip: '10.0.0.1' }] } });
  const server = await api.create('/elb/certificates', { certificate: { name: 's', ...serverPair() } });
  const ca = await api.create('/elb/certificates', {
    certificate: { name: 'ca', type: 'client', certificate: pem('ca') },
  });
  const security = await api.create('/elb/security-policies', {
    security_policy: { protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] },
  });
  const web = await makePool(api, {
    ...{ name: 'web', loadbalancer_id: lb.id, pool_health: { minimum_healthy_member_count: 1 } },
    session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
    slow_start: { enable: true, duration: 60 },
  });
  const tcp = await makePool(api, {
    ...{
      name: 'tcp',
      loadbalancer_id: lb.id,
      protocol: 'TCP',
      connection_drain: { enable: true, timeout: 30 },
    },
    az_affinity: { enable: true, az_minimum_healthy_member_count: 1 },
  });
  const member = await makeMember(api, web.id, { name: 'm' });
  await makeMonitor(api, web.id, { domain_name: 'a.example', monitor_port: 81, http_version: 'HTTP/1.1' });
  const pair = await makeMasterSlavePool(api, {
    ...{ name: 'pair', loadbalancer_id: lb.id, connection_drain: { enable: true, timeout: 30 } },
  });
  const ranges = [
    { start_port: 100, end_port: 110 },
    { start_port: 120, end_port: 130 },
  ];
  await makeListener(api, lb.id, {
    name: 'l4',
    protocol: 'TCP',
    port_ranges: ranges,
    protocol_port: 0,
    default_pool_id: tcp.id,
  });
  await makeListener(api, lb.id, {
    name: 'pair',
    protocol: 'TCP',
    protocol_port: 9,
    default_pool_id: pair.id,
  });
  const https = await makeListener(api, lb.id, {
    ...{ name: 'https', protocol: 'HTTPS', protocol_port: 443, default_pool_id: web.id },
    ...{ default_tls_container_ref: server.id, client_ca_tls_container_ref: ca.id },
    ...{ security_policy_id: security.id, ipgroup: { ipgroup_id: group.id }, gzip_enable: true, cps: 5 },
    ...{ enhance_l7policy_enable: true, access_log_customized_headers_config: { enable: true } },
  });
  const headers = {
    insert_headers_config: { configs: [{ key: 'a', value_type: 'USER_DEFINED', value: 'b' }] },
    remove_headers_config: { configs: [{ key: 'c' }] },
  };
  const limit = { traffic_limit_config: { qps: 5 } };
  const header = { type: 'HEADER', compare_type: 'EQUAL_TO', conditions: [{ key: 'k', value: 'v' }] };
  const spread = await makePolicy(api, https.id, {
    ...{ name: 'spread', redirect_pools_config: [{ pool_id: web.id, weight: 1 }], rules: [header] },
    redirect_pools_sticky_session_config: { enable: true, timeout: 5 },
    redirect_pools_extend_config: {
      ...{ ...headers, ...limit, rewrite_url_enable: true, rewrite_url_config: { path: '/x' } },
      cors_config: { allow_origin: ['*'] },
    },
  });
  await makePolicy(api, https.id, {
    ...{
      action: 'REDIRECT_TO_URL',
      redirect_url_config: { status_code: '301', host: 'b.example', ...headers },
    },
  });
  await makePolicy(api, https.id, {
    ...{ action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '204', ...headers, ...limit } },
  });
  const http = await makeListener(api, lb.id, { name: 'http' });
  await makePolicy(api, http.id, { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id });
  return { lb, web, member, pair, spread };
}

test('every attribute is one that the provider has, of its type, and what is required is there', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { lb, web, member, pair, spread } = await makeEverything(api);
  const text: string = assertDone(await api.get(exportPath(lb.id, 'terraform')));
  const imports = checkConfiguration(text);
  assert.deepEqual(
    new Set([...imports.keys()].map((to) => to.split('.')[0])),
    new Set(Object.keys(resources)),
  );
  const [{ id: ruleId }] = spread.rules;
  for (const [to, id] of [
    ['member.web-m', `${web.id}/${member.id}`],
    ['active_standby_pool.pair', pair.id],
    ['l7policy.https-spread', spread.id],
    ['l7rule.https-spread-header', `${spread.id}/${ruleId}`],
  ]) {
    assert.equal(imports.get(`huaweicloud_elb_${to}`), id, to);
  }
  assert.match(text, new RegExp(`ipv4_eip_id += "${lb.publicips[0].publicip_id}"`));
  assert.match(text, /default_pool_id += huaweicloud_elb_active_standby_pool\.pair\.id/);
  assert.match(text, /redirect_listener_id += huaweicloud_elb_listener\.https\.id/);
  for (const lost of [
    'http_version',
    'redirect_pools_extend_config\\.cors_config',
    'access_log_customized',
  ]) {
    assert.match(text, new RegExp(`# The provider has nothing for ${lost}`));
  }
});

test('the Terraform form of any load balancer is a configuration that the provider takes', async () => {
  await using cp = await startGround();
  const { api } = cp;
  await fc.assert(
    fc.asyncProperty(graphShape, async (shape) => {
      try {
        const id = await makeGraph(api, 'lb', { ...shape, shared: false });
        checkConfiguration(assertDone(await api.get(exportPath(id, 'terraform'))));
      } finally {
        await clear(api);
      }
    }),
    { numRuns: 6 },
  );
});
