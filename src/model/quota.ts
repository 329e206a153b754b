/** The quotas of the API (rules digest 3.7). */
import { type TProperties, Type } from 'typebox';
import { described, integer, named, oneOf, strict } from './schemas.ts';

/** In the order of answers. */
export const quotaKeys = [
  'loadbalancer',
  'listener',
  'pool',
  'member',
  'healthmonitor',
  'l7policy',
  'certificate',
  'ipgroup',
  'security_policy',
  'listeners_per_loadbalancer',
  'listeners_per_pool',
  'members_per_pool',
  'condition_per_policy',
  'pools_per_l7policy',
  'l7policies_per_listener',
  'ipgroups_per_listener',
  'ipgroup_bindings',
  'ipgroup_max_length',
  'free_instance_members_per_pool',
  'free_instance_listeners_per_loadbalancer',
] as const;

export type QuotaKey = (typeof quotaKeys)[number];

export const QuotaName = oneOf(...quotaKeys);

/** How many there may be; -1 is no limit. */
const Limit = described('How many there may be; -1 is no limit.', integer(-1, 1_000_000_000), -1);

function each<const T extends TProperties[string]>(value: T): Record<QuotaKey, T> {
  return Object.fromEntries(quotaKeys.map((key) => [key, value])) as Record<QuotaKey, T>;
}

/** The quotas that an inventory declares. */
export const DeclaredQuotas = strict(each(Type.Optional(Limit)));

/** All quotas as answered. */
export const Quota = named(
  'Quota',
  Type.Object({ ...each(Limit), project_id: described('The project that asks.', Type.String()) }),
);

export const QuotaDetail = named(
  'QuotaDetail',
  Type.Object({
    quota_key: described('What it limits.', QuotaName),
    quota_limit: Limit,
    used: Type.Integer({ description: 'How many there are; for a quota per something, in the fullest one.' }),
    unit: described('Always count.', Type.Literal('count')),
  }),
);
