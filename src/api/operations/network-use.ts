/** The operations that tell what load balancers take of their subnets. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { described, named, oneOf } from '../../model/schemas.ts';
import { addressesFor, localPorts } from '../../service/network-use.ts';
import type { Region } from '../../service/region.ts';
import { readParameters } from '../parameters.ts';

const group = 'Load balancers';

const planQuery = {
  loadbalancer_id: {
    schema: Type.String(),
    arity: 'one',
    description: 'The load balancer to change; a new one if not given.',
  },
  availability_zone_id: {
    schema: Type.String(),
    arity: 'many',
    description: 'The zones of a new load balancer.',
  },
  l7_flavor_id: { schema: Type.String(), arity: 'one', description: 'The flavor it is to have.' },
  ip_target_enable: {
    schema: Type.Boolean(),
    arity: 'one',
    description: 'Whether it is to have IP addresses as members.',
  },
  ip_version: {
    schema: Type.Integer({ enum: [4, 6] }),
    arity: 'one',
    description: 'The family of the addresses to count.',
  },
  scene: { schema: oneOf('UPGRADE'), arity: 'one', description: 'UPGRADE: what an upgrade would take.' },
  sence: {
    schema: oneOf('UPGRADE'),
    arity: 'one',
    description: 'The same, as the cloud’s pages misspell it.',
  },
  nat64_enable: { schema: Type.Boolean(), arity: 'one', description: 'Whether it is to translate NAT64.' },
} as const;

const portQuery = {
  port_id: { schema: Type.String(), arity: 'many', description: 'The ports with these ids.' },
  ip_address: { schema: Type.String(), arity: 'many', description: 'Those with these IPv4 addresses.' },
  ipv6_address: { schema: Type.String(), arity: 'many', description: 'Those with these IPv6 addresses.' },
  type: { schema: oneOf('l4_hc', 'l4', 'l7'), arity: 'many', description: 'Those for this use.' },
  virsubnet_id: { schema: Type.String(), arity: 'many', description: 'Those in these networks.' },
} as const;

const LocalPort = named(
  'LocalPort',
  Type.Object({
    port_id: described('Its id.', Type.String()),
    ip_address: described('Its IPv4 address.', Type.String(), '10.0.0.12'),
    ipv6_address: described('Its IPv6 address; empty for none.', Type.String(), ''),
    type: described('What it is for.', oneOf('l4_hc', 'l4', 'l7')),
    virsubnet_id: described('Its network.', Type.String()),
  }),
);

const Preoccupied = named(
  'PreoccupiedAddresses',
  Type.Object({ total: described('How many addresses more.', Type.Integer()) }),
);

export function networkUseOperations(region: Region): Operation[] {
  return [
    {
      id: 'CountPreoccupyIpNum',
      action: 'elb:preoccupy-ip-num:get',
      method: 'GET',
      path: '/v3/{project_id}/elb/preoccupy-ip-num',
      group,
      summary: 'Count the addresses that a new or changed load balancer would take from a subnet',
      query: planQuery,
      answer: Type.Object({ preoccupy_ip: described('What it would take.', Preoccupied) }),
      status: 200,
      handle: async (call) => {
        const asked = readParameters(planQuery, call.query);
        const total = await addressesFor(region, call.params['project_id'] ?? '', {
          loadBalancerId: asked.loadbalancer_id[0],
          l7FlavorId: asked.l7_flavor_id[0],
          availabilityZones: asked.availability_zone_id,
        });
        return { body: { preoccupy_ip: { total } } };
      },
    },
    {
      id: 'ShowLoadBalancerPorts',
      action: 'elb:loadbalancers:get',
      method: 'GET',
      path: '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/local-ports',
      group,
      summary: 'List the ports of its subnets that a load balancer sends from: none',
      query: portQuery,
      answer: Type.Object({ ports: described('The ports.', Type.Array(LocalPort)) }),
      status: 200,
      handle: async (call) => {
        readParameters(portQuery, call.query);
        const { project_id = '', loadbalancer_id = '' } = call.params;
        return { body: { ports: await localPorts(region, project_id, loadbalancer_id) } };
      },
    },
  ];
}
