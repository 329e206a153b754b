/** What load balancers of the region can do, where that is not the same in every region (rules digest 3.11). */
import type { LoadBalancer } from '../model/load-balancer.ts';
import { maxTags } from '../model/schemas.ts';
import type { VpcRecord } from './inventory.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

type Value = boolean | number;

export interface FeatureValue {
  readonly feature: string;
  readonly description: string;
  readonly value: Value;
}

interface Feature {
  readonly feature: string;
  readonly description: string;
  readonly ofProject: (known: KnownNetworks, projectId: string) => Value | Promise<Value>;
  readonly ofLoadBalancer: (known: KnownNetworks, of: LoadBalancer) => Value | Promise<Value>;
}

const hasIpv6 = ({ subnets }: VpcRecord) => subnets.some(({ ipv6 }) => ipv6 !== null);

const features: readonly Feature[] = [
  {
    feature: 'ip_target',
    description:
      'Pools may have IP addresses as members; for a load balancer, whether its ip_target_enable is on.',
    ofProject: () => true,
    ofLoadBalancer: (_, of) => of.ip_target_enable,
  },
  {
    feature: 'ipv6',
    description: 'A network of the project, or of the load balancer’s VPC, has IPv6 addresses.',
    ofProject: async (known, projectId) => (await known.vpcs(projectId)).some(hasIpv6),
    ofLoadBalancer: async (known, of) => {
      const vpc = await known.vpc(of.project_id, of.vpc_id);
      return vpc !== undefined && hasIpv6(vpc);
    },
  },
  {
    feature: 'pool_multi_attach',
    description: 'A pool may be used by several listeners, and by those of several load balancers.',
    ofProject: () => true,
    ofLoadBalancer: () => true,
  },
  {
    feature: 'public_ip_creation',
    description: 'Load balancers may ask for a new public IP with publicip.',
    ofProject: ({ inventory }) => inventory.publicNetwork !== null,
    ofLoadBalancer: ({ inventory }, of) =>
      inventory.publicNetwork !== null && of.loadbalancer_type !== 'gateway',
  },
  {
    feature: 'tags_per_resource',
    description: 'How many tags a load balancer or listener may have.',
    ofProject: () => maxTags,
    ofLoadBalancer: () => maxTags,
  },
];

/** The features of a project: those with the names, or all of them when no name is given. */
export function projectFeatures(
  { store, inventory }: Region,
  projectId: string,
  names: readonly string[],
): Promise<FeatureValue[]> {
  const known = new KnownNetworks(store.reader, inventory);
  const asked = features.filter(({ feature }) => names.length === 0 || names.includes(feature));
  return Promise.all(
    asked.map(async ({ feature, description, ofProject }) => ({
      feature,
      description,
      value: await ofProject(known, projectId),
    })),
  );
}

export async function loadBalancerFeatures(
  { store, inventory }: Region,
  projectId: string,
  id: string,
): Promise<FeatureValue[]> {
  const found = await requireLoadBalancer(store.reader, projectId, id);
  const known = new KnownNetworks(store.reader, inventory);
  return Promise.all(
    features.map(async ({ feature, description, ofLoadBalancer }) => ({
      feature,
      description,
      value: await ofLoadBalancer(known, found),
    })),
  );
}
