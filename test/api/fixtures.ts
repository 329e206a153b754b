/** What the tests of the API build on: resources with as little said of them as goes, and refusals checked whole. */
import assert from 'node:assert/strict';
import type { InventoryFile } from '../../src/model/inventory.ts';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { seed, seedInventory } from '../support/control-plane.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names of the test inventory beside those of the seed pages. */
export const places = {
  /** The IPv4 id of a subnet of the same VPC that knows only declared servers. */
  declaredSubnet: '5c2d1a7e-8c1f-4b0e-9d55-0b7f2f1f9a02',
  declaredNetwork: '5c2d1a7e-8c1f-4b0e-9d55-0b7f2f1f9a01',
  runningServer: { id: 'a1d2c3b4-0000-4000-8000-000000000001', address: '10.20.0.10' },
  stoppedServer: { id: 'a1d2c3b4-0000-4000-8000-000000000002', address: '10.20.0.11' },
  otherVpc: 'b3d8f0e1-2a71-4b4f-9c9b-1e5b6c7d8e9f',
  otherVpcSubnet: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
  otherVpcNetwork: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b01',
  enterpriseProject: '0aad99bc-f5f6-4f78-8404-c598d76b0ed2',
  /** A well-formed id of nothing. */
  nothing: '00000000-0000-4000-8000-000000000000',
} as const;

/** A VPC on loopback, for tests whose members are really probed. */
export const loopback = {
  vpcId: 'c4e9a1f2-3b82-4c5a-8dac-2f6c7d8e9fa0',
  subnet: '7e4f3c9a-0e3b-4d2a-9f77-2d9b4b3b1c02',
  running: '127.70.0.10',
  stopped: '127.70.0.11',
  missing: '127.70.0.12',
} as const;

/** The inventory of the seed pages with that VPC, in which 127.0.0.1 is a private address. */
export const loopbackInventory: InventoryFile = {
  ...seedInventory,
  private_networks: [...(seedInventory.private_networks ?? []), '127.0.0.0/8'],
  vpcs: [
    ...(seedInventory.vpcs ?? []),
    {
      id: loopback.vpcId,
      subnets: [
        {
          id: '7e4f3c9a-0e3b-4d2a-9f77-2d9b4b3b1c01',
          neutron_subnet_id: loopback.subnet,
          cidr: '127.70.0.0/24',
          servers: 'declared',
        },
      ],
      servers: [
        { id: 'a1d2c3b4-0000-4000-8000-000000000003', addresses: [loopback.running] },
        { id: 'a1d2c3b4-0000-4000-8000-000000000004', addresses: [loopback.stopped], state: 'stopped' },
      ],
    },
  ],
};

export function makeLoadBalancer(api: ApiClient, fields: Fields = {}) {
  return api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: seed.subnetCidrId,
      availability_zone_list: ['az1'],
      ip_target_enable: true,
      ...fields,
    },
  });
}

/** A shared load balancer, which only batch-create makes. */
export async function makeShared(api: ApiClient, fields: Fields = {}) {
  const { loadbalancer_ids } = assertDone(
    await api.post('/elb/loadbalancers/batch-create', {
      loadbalancer: { guaranteed: false, vip_subnet_cidr_id: seed.subnetCidrId, ...fields },
    }),
    202,
  );
  return assertDone(await api.get(`/elb/loadbalancers/${loadbalancer_ids[0]}`)).loadbalancer;
}

/** The id of a flavor, as `L4_flavor.elb.s1.small`. */
export async function flavorId(api: ApiClient, name: string): Promise<string> {
  const { flavors } = assertDone(await api.get(`/elb/flavors?name=${name}`));
  assert.equal(flavors.length, 1, name);
  return flavors[0].id;
}

/** A gateway load balancer, in the subnet of the seed pages. */
export function makeGateway(api: ApiClient, fields: Fields = {}) {
  return makeLoadBalancer(api, {
    loadbalancer_type: 'gateway',
    gw_flavor_id: 'gateway-flavor',
    ip_target_enable: false,
    ...fields,
  });
}

/** An HTTP listener on port 80 unless told otherwise. */
export function makeListener(api: ApiClient, loadbalancer_id: string, fields: Fields = {}) {
  return api.create('/elb/listeners', {
    listener: { loadbalancer_id, protocol: 'HTTP', protocol_port: 80, ...fields },
  });
}

/** An HTTP pool; what it belongs to is for the caller to say. */
export function makePool(api: ApiClient, fields: Fields) {
  return api.create('/elb/pools', {
    pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', ...fields },
  });
}

/** A master-slave TCP pool of addresses that nobody answers at, probed so seldom that it does not matter. */
export function makeMasterSlavePool(api: ApiClient, fields: Fields = {}) {
  return api.create('/elb/master-slave-pools', {
    pool: {
      ...{ protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', type: 'ip' },
      members: [
        { address: '10.99.0.1', protocol_port: 1, role: 'master' },
        { address: '10.99.0.2', protocol_port: 1, role: 'slave' },
      ],
      healthmonitor: { type: 'TCP', delay: 50, timeout: 1, max_retries: 1 },
      ...fields,
    },
  });
}

/** A member with a server: 120.10.10.x in the subnet of the seed pages. */
export function makeMember(api: ApiClient, poolId: string, fields: Fields = {}) {
  return api.create(`/elb/pools/${poolId}/members`, {
    member: { address: '120.10.10.20', protocol_port: 2100, subnet_cidr_id: seed.subnetCidrId, ...fields },
  });
}

/** A policy that sends the requests of a listener to a pool, unless told otherwise. */
export function makePolicy(api: ApiClient, listener_id: string, fields: Fields) {
  return api.create('/elb/l7policies', { l7policy: { listener_id, action: 'REDIRECT_TO_POOL', ...fields } });
}

/** A rule of a policy: paths that begin with a text, unless told otherwise. */
export function makeRule(api: ApiClient, policyId: string, fields: Fields = {}) {
  return api.create(`/elb/l7policies/${policyId}/rules`, {
    rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/', ...fields },
  });
}

/** A monitor that is down unless told otherwise: most members here have addresses that nobody should probe. */
export function makeMonitor(api: ApiClient, pool_id: string, fields: Fields = {}) {
  return api.create('/elb/healthmonitors', {
    healthmonitor: {
      ...{ pool_id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3, admin_state_up: false },
      ...fields,
    },
  });
}

/** A load balancer with an HTTP listener and its default pool. */
export async function makeRoad(api: ApiClient, poolFields: Fields = {}, lbFields: Fields = {}) {
  const lb = await makeLoadBalancer(api, lbFields);
  const listener = await makeListener(api, lb.id);
  const pool = await makePool(api, { listener_id: listener.id, ...poolFields });
  return { lb, listener, pool };
}

/** Checks an answer that refuses a call: status, code, and a message that says what is wrong. */
export function assertRefused(reply: Reply, status: number, code: string, message: RegExp): void {
  const said = JSON.stringify(reply.body);
  assert.equal(reply.status, status, said);
  assert.deepEqual(Object.keys(reply.body).sort(), ['error_code', 'error_msg', 'request_id']);
  assert.equal(reply.body.error_code, code, said);
  assert.match(reply.body.error_msg, message);
  assert.match(reply.body.request_id, /^[0-9a-z-]+$/);
  assert.equal(reply.headers.get('x-request-id'), reply.body.request_id);
}

/** The body of a call that succeeds. */
export function assertDone(reply: Reply, status = 200) {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  return reply.body;
}

/** Checks that an object has every key of the printed one, with values of the same type. */
export function assertSameShape(actual: unknown, printed: unknown, path = 'body'): void {
  assert.equal(kindOf(actual), kindOf(printed), path);
  if (Array.isArray(printed)) {
    for (const [index, item] of printed.entries()) {
      assertSameShape((actual as unknown[])[index], item, `${path}[${index}]`);
    }
  } else if (printed !== null && typeof printed === 'object') {
    for (const [key, value] of Object.entries(printed)) {
      assertSameShape((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
}
