/** Servers as clients of ECS read them: to find the server that has an address, and the subnets that it is in. */
import { Type } from 'typebox';
import { invalid } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { described, named } from '../model/schemas.ts';
import type { Region } from '../service/region.ts';
import { listServers, type ServerView, showServer } from '../service/servers.ts';
import { limitOf } from './selection.ts';

const group = 'Servers';
const path = '/v1/{project_id}/cloudservers';

const text = (description: string, example?: string) => described(description, Type.String(), example);

export const AddressOfCloudServer = named(
  'AddressOfCloudServer',
  Type.Object({
    addr: text('The address.', '192.168.0.10'),
    version: text('4 or 6.', '4'),
    'OS-EXT-IPS:type': text('Always fixed.', 'fixed'),
    'OS-EXT-IPS:port_id': text('The port.'),
    'OS-EXT-IPS-MAC:mac_addr': text('Made from the port’s id.', 'fa:16:3e:00:00:01'),
  }),
);

const CloudServer = named(
  'CloudServer',
  Type.Object({
    id: text('Its id.'),
    name: text('Its name.', 'web-1'),
    status: text('ACTIVE, or SHUTOFF when it is stopped.', 'ACTIVE'),
    addresses: described(
      'Its addresses, by the id of its VPC.',
      Type.Record(Type.String(), Type.Array(AddressOfCloudServer)),
    ),
    'OS-EXT-AZ:availability_zone': text('Its zone.', 'local-1a'),
    'OS-EXT-STS:vm_state': text('active or stopped.', 'active'),
    flavor: described('Its flavor.', named('FlavorOfCloudServer', Type.Object({ id: text('Its id.', '') }))),
    image: described('Its image.', named('ImageOfCloudServer', Type.Object({ id: text('Its id.', '') }))),
    metadata: described(
      'Its VPC.',
      named('MetadataOfCloudServer', Type.Object({ vpc_id: text('The VPC.') })),
    ),
    tenant_id: text('The project.'),
    key_name: text('The key pair; empty for none.', ''),
    created: text(
      'When it was declared, UTC; 1970-01-01T00:00:00Z for one of the inventory.',
      '2026-01-31T09:30:00Z',
    ),
    updated: text(
      'When it was last changed, UTC; 1970-01-01T00:00:00Z for one of the inventory.',
      '2026-01-31T09:30:00Z',
    ),
    enterprise_project_id: text('Always 0.', '0'),
  }),
);

const Interface = named(
  'InterfaceOfCloudServer',
  Type.Object({
    port_state: text('Always ACTIVE.', 'ACTIVE'),
    net_id: text('The network.'),
    port_id: text('The port.'),
    mac_addr: text('Made from the port’s id.', 'fa:16:3e:00:00:01'),
    fixed_ips: described(
      'Its addresses.',
      Type.Array(
        named(
          'FixedIp',
          Type.Object({
            ip_address: text('The address.', '192.168.0.10'),
            subnet_id: text('The id that subnet_cidr_id takes.'),
          }),
        ),
      ),
    ),
  }),
);

const query = {
  'ip-eq': { schema: Type.String(), arity: 'one', description: 'The servers with this address.' },
  ip: { schema: Type.String(), arity: 'one', description: 'Those with an address that begins so.' },
  name: {
    schema: Type.String(),
    arity: 'one',
    description:
      'Those whose names match this regular expression: a text that is in the name, ^ and $ for its ends.',
  },
  status: { schema: Type.String(), arity: 'one', description: 'Those with this status.' },
  limit: {
    schema: Type.Integer({ minimum: 0, maximum: 2000 }),
    arity: 'one',
    description: 'Servers on the page.',
  },
  offset: {
    schema: Type.Integer({ minimum: 0 }),
    arity: 'one',
    description: 'Which page, counted from 1; 0 is 1.',
  },
} as const;

export function cloudServerOperations(region: Region): Operation[] {
  const common = { method: 'GET', group, carriesRequestId: false, status: 200 } as const;
  return [
    {
      ...common,
      id: 'ListCloudServers',
      action: 'ecs:servers:list',
      path: `${path}/detail`,
      summary: 'List servers',
      query,
      answer: Type.Object({
        servers: described('The servers of the page.', Type.Array(CloudServer)),
        count: described('How many the filters find.', Type.Integer()),
      }),
      handle: async ({ params: { project_id = '' }, query: asked }) => {
        const found = (await listServers(region, new Set([project_id]))).filter(isAsked(asked));
        const limit = limitOf(asked);
        const from = Math.max(pageOf(asked) - 1, 0) * limit;
        const servers = found.slice(from, from + limit).map((each) => renderCloudServer(each, project_id));
        return { body: { servers, count: found.length } };
      },
    },
    {
      ...common,
      id: 'ShowCloudServer',
      action: 'ecs:servers:get',
      path: `${path}/{server_id}`,
      summary: 'Show a server',
      answer: Type.Object({ server: CloudServer }),
      handle: async ({ params: { project_id = '', server_id = '' } }) => {
        const found = await showServer(region, new Set([project_id]), server_id);
        return { body: { server: renderCloudServer(found, project_id) } };
      },
    },
    {
      ...common,
      id: 'ListCloudServerInterfaces',
      action: 'ecs:serverInterfaces:get',
      path: `${path}/{server_id}/os-interface`,
      summary: 'List the addresses of a server with their subnets',
      answer: Type.Object({
        interfaceAttachments: described('One for each address.', Type.Array(Interface)),
      }),
      handle: async ({ params: { project_id = '', server_id = '' } }) => {
        const { places } = await showServer(region, new Set([project_id]), server_id);
        return { body: { interfaceAttachments: places.map(renderInterface) } };
      },
    },
  ];
}

type Place = ServerView['places'][number];

/** The status of a server as clients of the cloud know it. */
export function statusOf({ state }: ServerView['server']): 'ACTIVE' | 'SHUTOFF' {
  return state === 'running' ? 'ACTIVE' : 'SHUTOFF';
}

/** The addresses of a server, by the id of its VPC. */
export function addressesOf({ server, places }: ServerView): Record<string, unknown[]> {
  return {
    [server.vpc_id]: places.map(({ portId, address }) => ({
      addr: address,
      version: address.includes(':') ? '6' : '4',
      'OS-EXT-IPS:type': 'fixed',
      'OS-EXT-IPS:port_id': portId,
      'OS-EXT-IPS-MAC:mac_addr': macOf(portId),
    })),
  };
}

function renderCloudServer(view: ServerView, projectId: string): { readonly id: string } {
  const { server } = view;
  return {
    ...{ id: server.id, name: server.name, status: statusOf(server), addresses: addressesOf(view) },
    'OS-EXT-AZ:availability_zone': server.availability_zone,
    'OS-EXT-STS:vm_state': server.state === 'running' ? 'active' : 'stopped',
    flavor: { id: server.flavor_id },
    image: { id: server.image_id },
    metadata: { vpc_id: server.vpc_id },
    tenant_id: projectId,
    key_name: server.key_name,
    created: server.created_at,
    updated: server.updated_at,
    enterprise_project_id: '0',
  } as { readonly id: string };
}

function renderInterface({ portId, subnet, address }: Place): unknown {
  const isIpv6 = address.includes(':');
  return {
    port_state: 'ACTIVE',
    net_id: subnet.id,
    port_id: portId,
    mac_addr: macOf(portId),
    fixed_ips: [{ ip_address: address, subnet_id: isIpv6 ? subnet.id : subnet.neutronSubnetId }],
  };
}

/** A hardware address that is always the same for a port: in the range that OpenStack gives out. */
export function macOf(portId: string): string {
  const digits = portId.replaceAll('-', '').slice(-6);
  return ['fa', '16', '3e', digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].join(':');
}

/** Which page is asked for: ECS counts pages where others count records. */
function pageOf(query: URLSearchParams): number {
  const text = query.get('offset') ?? '1';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalid('offset', `got "${text}", expected the number of a page, from 1.`);
}

function isAsked(query: URLSearchParams): (view: ServerView) => boolean {
  const [exact, start, name, status] = ['ip-eq', 'ip', 'name', 'status'].map((key) => query.get(key));
  return ({ server, places }) =>
    (!exact || places.some(({ address }) => address === exact)) &&
    (!start || places.some(({ address }) => address.startsWith(start))) &&
    (!name || isNamed(server.name, name)) &&
    (!status || statusOf(server) === status.toUpperCase());
}

/**
 * Whether a name is the one asked for. The cloud takes a regular expression, and clients send `^NAME$` or a part of
 * it; more of the language would let a caller choose how long a match takes.
 */
function isNamed(name: string, asked: string): boolean {
  const fromStart = asked.startsWith('^');
  const toEnd = asked.endsWith('$');
  const text = asked.slice(fromStart ? 1 : 0, toEnd ? -1 : undefined).replaceAll(/\\(.)/g, '$1');
  if (fromStart && toEnd) return name === text;
  if (fromStart) return name.startsWith(text);
  return toEnd ? name.endsWith(text) : name.includes(text);
}
