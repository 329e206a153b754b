/** The policies that are there without being declared, by the names that the cloud gives them. */
import type { Policy, PolicyStatement } from './policy.ts';

const allowed = (...Action: string[]): PolicyStatement => ({ Effect: 'Allow', Action });

const policy = (name: string, ...Statement: PolicyStatement[]): Policy => ({
  name,
  document: { Version: '1.1', Statement },
});

/** What reads: `get`, `getPrivateKeyEcho`, `list`, `listDnsConfig`. */
const reading = (service: string) => [`${service}:*:get*`, `${service}:*:list*`];

export const systemPolicies: readonly Policy[] = [
  policy('FullAccess', allowed('*:*:*')),
  // Everything but the users and their rights.
  policy('Tenant Administrator', allowed('elb:*:*', 'elbow:*:*', 'vpc:*:*', 'ecs:*:*', 'eps:*:*')),
  policy('Tenant Guest', allowed(...['elb', 'elbow', 'vpc', 'ecs', 'eps'].flatMap(reading))),
  policy(
    'ELB FullAccess',
    allowed('elb:*:*', 'elbow:loadbalancers:*', 'elbow:listeners:*', 'elbow:proxies:list'),
    allowed(...reading('vpc'), 'vpc:publicIps:create', 'vpc:publicIps:update', ...reading('ecs')),
  ),
  policy(
    'ELB ReadOnlyAccess',
    allowed(...reading('elb'), 'elbow:loadbalancers:export', 'elbow:listeners:explain', 'elbow:proxies:list'),
    allowed(...reading('vpc'), ...reading('ecs')),
  ),
  policy('VPC FullAccess', allowed('vpc:*:*')),
  policy('VPC ReadOnlyAccess', allowed(...reading('vpc'))),
  policy('EPS FullAccess', allowed('eps:*:*')),
  policy('EPS ReadOnlyAccess', allowed(...reading('eps'))),
];
