/** Writes of every kind, made from random numbers over what is there: most are valid, the rest are refused. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';

export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** Which write, and three numbers that decide the rest of it. */
type Step = readonly [keyof typeof kinds, number, number, number];

/** Finds one of the resources of a list, by a number; null when there is none. */
type Pick = (plural: string, number: number) => Promise<string>;

type Kind = (pick: Pick, a: number, b: number, c: number) => Promise<Write>;

const create = (plural: string, body: unknown): Write => ({
  method: 'POST',
  path: `/elb/${plural}`,
  body,
});
const change = (path: string, body: unknown): Write => ({ method: 'PUT', path: `/elb/${path}`, body });
const remove = (path: string): Write => ({ method: 'DELETE', path: `/elb/${path}` });
const address = (number: number) => `10.1.${number % 3}.${1 + (number % 5)}`;
const entries = (number: number) => [{ ip: `10.9.${number % 4}.0/24`, description: `d${number % 2}` }];
const names = ['', 'one', 'two', 'ünï'];

const kinds = {
  createLb: async (_, a, b) =>
    create('loadbalancers', {
      loadbalancer: {
        ...{ name: names[a % 4], vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'] },
        ...{ ip_target_enable: b % 4 > 0, tags: b % 2 ? [{ key: 'k', value: `${a % 3}` }] : [] },
      },
    }),
  updateLb: async (pick, a, b) =>
    change(`loadbalancers/${await pick('loadbalancers', a)}`, {
      loadbalancer: {
        description: names[b % 4],
        ...(b % 3 ? {} : { vip_address: `120.10.10.${9 + (b % 4)}` }),
      },
    }),
  deleteLb: async (pick, a) => remove(`loadbalancers/${await pick('loadbalancers', a)}`),
  tagLb: async (pick, a, b) => ({
    method: 'POST',
    path: `/loadbalancers/${await pick('loadbalancers', a)}/tags/action`,
    body: { action: b % 2 ? 'create' : 'delete', tags: [{ key: 'k', value: `${b % 3}` }] },
  }),
  createListener: async (pick, a, b) =>
    create('listeners', {
      listener: {
        ...{ loadbalancer_id: await pick('loadbalancers', a), protocol_port: 80 + (b % 3) },
        ...{ protocol: b % 4 ? 'HTTP' : 'TCP', enhance_l7policy_enable: b % 8 > 3 },
      },
    }),
  updateListener: async (pick, a, b, c) =>
    change(`listeners/${await pick('listeners', a)}`, {
      listener: [
        { name: names[b % 4] },
        { default_pool_id: c % 3 ? await pick('pools', c) : null },
        { ipgroup: c % 3 ? { ipgroup_id: await pick('ipgroups', c) } : null },
        { keepalive_timeout: 60 + (c % 3) },
      ][b % 4],
    }),
  deleteListener: async (pick, a) => remove(`listeners/${await pick('listeners', a)}`),
  createPool: async (pick, a, b) =>
    create('pools', {
      pool: {
        ...{ protocol: b % 4 ? 'HTTP' : 'TCP', lb_algorithm: 'ROUND_ROBIN' },
        ...(b % 2
          ? { listener_id: await pick('listeners', a) }
          : { loadbalancer_id: await pick('loadbalancers', a) }),
      },
    }),
  updatePool: async (pick, a, b) =>
    change(`pools/${await pick('pools', a)}`, {
      pool: [{ name: names[b % 4] }, { lb_algorithm: 'SOURCE_IP' }, { description: 'd' }][b % 3],
    }),
  deletePool: async (pick, a) => remove(`pools/${await pick('pools', a)}`),
  createMember: async (pick, a, b) =>
    create(`pools/${await pick('pools', a)}/members`, {
      member: { address: address(b), protocol_port: 80, weight: b % 3 },
    }),
  createServerMember: async (pick, a, b) =>
    create(`pools/${await pick('pools', a)}/members`, {
      member: { address: `120.10.10.${200 + (b % 9)}`, protocol_port: 80, subnet_cidr_id: seed.subnetCidrId },
    }),
  addMembers: async (pick, a, b) =>
    create(`pools/${await pick('pools', a)}/members/batch-add`, {
      members: [b, b + 1].map((number) => ({ address: address(number), protocol_port: 80 })),
    }),
  updateMember: async (pick, a, b, c) => {
    const pool = await pick('pools', a);
    return change(`pools/${pool}/members/${await pick(`pools/${pool}/members`, b)}`, {
      member: c % 2 ? { weight: c % 5 } : { protocol_port: 80 + (c % 3) },
    });
  },
  deleteMember: async (pick, a, b) => {
    const pool = await pick('pools', a);
    return remove(`pools/${pool}/members/${await pick(`pools/${pool}/members`, b)}`);
  },
  deleteMembers: async (pick, a, b) =>
    create(`pools/${await pick('pools', a)}/members/batch-delete`, {
      members: [b, b + 1].map((number) => ({ address: address(number), protocol_port: 80 })),
    }),
  createMonitor: async (pick, a) =>
    create('healthmonitors', {
      healthmonitor: {
        ...{ pool_id: await pick('pools', a), type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 },
        admin_state_up: false,
      },
    }),
  updateMonitor: async (pick, a, b) =>
    change(`healthmonitors/${await pick('healthmonitors', a)}`, { healthmonitor: { delay: 5 + (b % 3) } }),
  deleteMonitor: async (pick, a) => remove(`healthmonitors/${await pick('healthmonitors', a)}`),
  createPolicy: async (pick, a, b, c) =>
    create('l7policies', {
      l7policy: {
        ...{ listener_id: await pick('listeners', a), action: 'REDIRECT_TO_POOL' },
        redirect_pool_id: await pick('pools', b),
        rules: c % 2 ? [{ type: 'PATH', compare_type: 'EQUAL_TO', value: `/${c % 3}` }] : [],
      },
    }),
  updatePolicy: async (pick, a, b) =>
    change(`l7policies/${await pick('l7policies', a)}`, {
      l7policy:
        b % 2 ? { name: names[b % 4] } : { rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/x' }] },
    }),
  deletePolicy: async (pick, a) => remove(`l7policies/${await pick('l7policies', a)}`),
  createIpGroup: async (_, a, b) =>
    create('ipgroups', { ipgroup: { name: names[a % 4], ip_list: entries(b) } }),
  updateIpGroup: async (pick, a, b) =>
    change(`ipgroups/${await pick('ipgroups', a)}`, { ipgroup: { ip_list: entries(b) } }),
  deleteIpGroup: async (pick, a) => remove(`ipgroups/${await pick('ipgroups', a)}`),
  createCertificate: async (_, a) =>
    create('certificates', { certificate: { name: names[a % 4], ...serverPair(a % 2 ? 'rsa' : 'ec') } }),
  updateCertificate: async (pick, a, b) =>
    change(`certificates/${await pick('certificates', a)}`, {
      certificate: b % 2 ? serverPair(b % 4 > 1 ? 'rsa' : 'leaf') : { name: names[b % 4] },
    }),
  deleteCertificates: async (pick, a, b) =>
    create('certificates/batch-delete', {
      certificates: [await pick('certificates', a), await pick('certificates', b)],
    }),
  setEcho: async (_, a) =>
    create('certificates/settings/private-key-echo', { private_key_echo: a % 2 === 0 }),
  createLogtank: async (pick, a, b) =>
    create('logtanks', {
      logtank: {
        ...{ loadbalancer_id: await pick('loadbalancers', a), log_group_id: `g${b % 3}` },
        log_topic_id: 't',
      },
    }),
  deleteLogtank: async (pick, a) => remove(`logtanks/${await pick('logtanks', a)}`),
} as const satisfies Record<string, Kind>;

/** Begins with what most writes need. */
export const steps = fc
  .array(
    fc.tuple(
      ...([fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), fc.nat(99)] as const),
      ...([fc.nat(99), fc.nat(99)] as const),
    ),
    { minLength: 5, maxLength: 40 },
  )
  .map((random): Step[] => [
    ['createLb', 1, 1, 0],
    ['createListener', 0, 5, 0],
    ['createPool', 0, 5, 0],
    ['addMembers', 0, 0, 0],
    ['createIpGroup', 1, 1, 0],
    ['createCertificate', 1, 1, 0],
    ...random,
  ]);

/** The write of a step over what is there now. */
export async function writeOf(api: ApiClient, [kind, ...numbers]: Step): Promise<Write> {
  const pick: Pick = async (plural, number) => {
    const reply = await api.get(`/elb/${plural}`);
    const list = reply.body[plural.replace(/^.*\//, '')] ?? [];
    return list.length > 0 ? list[number % list.length].id : '00000000-0000-4000-8000-000000000000';
  };
  return kinds[kind](pick, ...numbers);
}

/** Sends a write; whatever the numbers, it is never the server that fails. */
export async function send(api: ApiClient, { method, path, body }: Write, query = ''): Promise<Reply> {
  const reply = await api.call(method, `${path}${query}`, body);
  assert.ok(reply.status < 500, JSON.stringify(reply.body));
  return reply;
}
