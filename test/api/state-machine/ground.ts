/** Where the state machine is played: three projects of two users, with small quotas and three subnets of loopback. */
import type { InventoryFile } from '../../../src/model/inventory.ts';
import { ApiClient } from '../../support/api-client.ts';
import { seed, startTestControlPlane } from '../../support/control-plane.ts';

/** A user has the first two, another one the third. */
export const projects = [seed.projectId, 'b7d1c0de00000000000000000000000b', seed.otherProjectId] as const;

export const quotas = {
  loadbalancer: 3,
  listener: 6,
  pool: 6,
  member: 9,
  healthmonitor: 3,
  l7policy: 4,
  certificate: 4,
  ipgroup: 3,
  security_policy: 2,
  listeners_per_loadbalancer: 4,
  listeners_per_pool: 2,
  l7policies_per_listener: 2,
  members_per_pool: 5,
  ipgroups_per_listener: 2,
  ipgroup_bindings: 2,
  ipgroup_max_length: 4,
} as const;

export interface Place {
  readonly subnet: string;
  readonly vpc: string;
  /** The first three numbers of its addresses. */
  readonly prefix: string;
}

const homeVpc = 'a0000000-0000-4000-8000-0000000000a1';
const farVpc = 'a0000000-0000-4000-8000-0000000000a2';

/** Two subnets of a VPC and one of another. The first knows the declared servers alone. */
export const places: readonly Place[] = [
  { subnet: 'a0000000-0000-4000-8000-0000000000b1', vpc: homeVpc, prefix: '127.70.0' },
  { subnet: 'a0000000-0000-4000-8000-0000000000b2', vpc: homeVpc, prefix: '127.70.1' },
  { subnet: 'a0000000-0000-4000-8000-0000000000b3', vpc: farVpc, prefix: '127.71.0' },
];

const servers = { '127.70.0.20': 'running', '127.70.0.21': 'stopped' } as const;

/** What stands behind an address of a place. */
export function serverAt(place: Place, address: string): 'running' | 'stopped' | 'missing' {
  if (place !== places[0]) return 'running';
  return address in servers ? servers[address as keyof typeof servers] : 'missing';
}

export function isDeclared(address: string): boolean {
  return address in servers;
}

const subnetOf = ({ subnet, prefix }: Place, servers: 'any' | 'declared') => ({
  id: subnet.replace('-0000000000b', '-0000000000c'),
  neutron_subnet_id: subnet,
  cidr: `${prefix}.0/27`,
  servers,
});

const [home, beside, far] = places as [Place, Place, Place];

const inventory: InventoryFile = {
  region: { name: 'region-1', availability_zones: ['az1'] },
  projects: projects.map((id, index) => ({ id, name: `project-${index}` })),
  users: [
    { name: 'pair', password: 'pair-password', projects: [projects[0], projects[1]] },
    { name: 'other', password: 'other-password', projects: [projects[2]] },
  ],
  private_networks: ['127.0.0.0/8'],
  vpcs: [
    {
      id: homeVpc,
      subnets: [subnetOf(home, 'declared'), subnetOf(beside, 'any')],
      servers: Object.entries(servers).map(([address, state], index) => ({
        id: `a0000000-0000-4000-8000-0000000000d${index}`,
        addresses: [address],
        state,
      })),
    },
    { id: farVpc, subnets: [subnetOf(far, 'any')] },
  ],
  quotas,
};

export interface Ground extends AsyncDisposable {
  /** A client of each project, in the order of `projects`. */
  readonly clients: readonly ApiClient[];
  readonly client: (project: string) => ApiClient;
}

export async function startGround(): Promise<Ground> {
  const controlPlane = await startTestControlPlane(inventory);
  const { url, other } = controlPlane;
  const pair = (project: string) => ApiClient.login(url, project, 'pair', 'pair-password');
  const clients = [await pair(projects[0]), await pair(projects[1]), other];
  return {
    clients,
    client: (project) => {
      const found = clients.find(({ projectId }) => projectId === project);
      if (!found) throw new Error(`there is no project ${project}`);
      return found;
    },
    [Symbol.asyncDispose]: () => controlPlane[Symbol.asyncDispose](),
  };
}
