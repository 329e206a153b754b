/** What load balancers of the region can do, where that is not the same in every region (rules digest 3.11). */
import type { LoadBalancer } from '../model/load-balancer.ts';
import { maxTags } from '../model/schemas.ts';
import type { Inventory, VpcRecord } from './inventory.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

export interface FeatureValue {
  readonly feature: string;
  readonly description: string;
  readonly value: boolean | number;
}

interface Feature {
  readonly feature: string;
  readonly description: string;
  readonly ofProject: (inventory: Inventory, projectId: string) => boolean | number;
  readonly ofLoadBalancer: (inventory: Inventory, of: LoadBalancer) => boolean | number;
}

const hasIpv6 = ({ subnets }: VpcRecord) => subnets.some(({ ipv6 }) => ipv6 !== null);

const features: readonly Feature[] = [
  {
    feature: 'ip_target',
    description:
      'Pools may have IP addresses as members; for a load balancer, whether its ip_target_enable is on.',
    ofProject: () => true,
    ofLoadBalancer: (_inventory, of) => of.ip_target_enable,
  },
  {
    feature: 'ipv6',
    description: 'A network of the project, or of the load balancer’s VPC, has IPv6 addresses.',
    ofProject: (inventory, projectId) =>
      [...inventory.vpcs.keys()].some((id) => {
        const vpc = inventory.vpc(projectId, id);
        return vpc !== undefined && hasIpv6(vpc);
      }),
    ofLoadBalancer: (inventory, of) => {
      const vpc = inventory.vpc(of.project_id, of.vpc_id);
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
    ofProject: (inventory) => inventory.publicNetwork !== null,
    ofLoadBalancer: (inventory, of) => inventory.publicNetwork !== null && of.loadbalancer_type !== 'gateway',
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
  { inventory }: Region,
  projectId: string,
  names: readonly string[],
): FeatureValue[] {
  return features
    .filter(({ feature }) => names.length === 0 || names.includes(feature))
    .map(({ feature, description, ofProject }) => ({
      feature,
      description,
      value: ofProject(inventory, projectId),
    }));
}

export async function loadBalancerFeatures(
  { store, inventory }: Region,
  projectId: string,
  id: string,
): Promise<FeatureValue[]> {
  const found = await requireLoadBalancer(store.reader, projectId, id);
  return features.map(({ feature, description, ofLoadBalancer }) => ({
    feature,
    description,
    value: ofLoadBalancer(inventory, found),
  }));
}
