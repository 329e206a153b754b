/** The upgrade of a shared load balancer to a dedicated one (rules digest 2.1.7, upgrade). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut } from './field.ts';
import type { Listener } from './listener.ts';
import { described, Id, oneOf, strict } from './schemas.ts';
import { protocolFor } from './shared-rules.ts';

const FlavorId = Type.String({ maxLength: 255 });

export const Upgrade = strict({
  action: described('What to do; all else is for start.', oneOf('start', 'complete', 'rollback'), 'start'),
  l4_flavor_id: orLeftOut(described('The flavor for TCP and UDP.', FlavorId)),
  l7_flavor_id: orLeftOut(described('The flavor for HTTP.', FlavorId)),
  availability_zone_list: orLeftOut(
    described(
      'The zones that it is to be in.',
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 64 }),
      ['local-1a'],
    ),
  ),
  ipv6_vip_virsubnet_id: orLeftOut(described('The network of its IPv6 address.', Id)),
  ipv6_vip_address: orLeftOut(described('Its IPv6 address.', Type.String({ minLength: 1, maxLength: 64 }))),
  elb_virsubnet_ids: orLeftOut(
    described('The networks it takes source addresses from.', Type.Array(Id, { maxItems: 64 })),
  ),
});

export type Upgrade = Static<typeof Upgrade>;

/** What a rollback writes back, by the id of the resource: the values that fields had before. */
export const UpgradeChanges = Type.Object({
  loadbalancer: Type.Record(Type.String(), Type.Unknown()),
  listeners: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
  priorities: Type.Record(Type.String(), Type.Integer()),
});

export type UpgradeChanges = Static<typeof UpgradeChanges>;

/**
 * Checks what a request gives for its action, and what its listeners need.
 *
 * @param protocols those of the listeners
 * @throws Refusal
 */
export function checkUpgrade(
  { action, ...given }: Upgrade,
  protocols: readonly Listener['protocol'][],
): void {
  const [extra] = Object.entries(given).find(([, value]) => value !== null && value !== undefined) ?? [];
  if (action !== 'start') {
    if (extra !== undefined) throw invalid(extra, `it is for action start, not ${action}; leave it out.`);
    return;
  }
  if (!given.availability_zone_list?.length) {
    throw invalid('availability_zone_list', 'it is required for action start. Expected zones of the region.');
  }
  const layers = [
    ['l4_flavor_id', ['TCP', 'UDP']],
    ['l7_flavor_id', ['HTTP', 'TERMINATED_HTTPS']],
  ] as const;
  for (const [key, served] of layers) {
    const needing = protocols.find((protocol) => (served as readonly string[]).includes(protocol));
    if (needing && !given[key])
      throw invalid(key, `it is required: there is a listener of protocol ${needing}.`);
  }
  if (!given.l4_flavor_id && !given.l7_flavor_id) {
    throw invalid('l4_flavor_id', 'give it, or l7_flavor_id, or both.');
  }
}

/**
 * What changes of a listener whose load balancer becomes a dedicated one: the name of HTTPS, members of TCP and UDP
 * that see the client's address, and advanced forwarding.
 */
export function asDedicated({
  protocol,
  nat64_enable,
}: Listener): Pick<Listener, 'protocol' | 'transparent_client_ip_enable' | 'enhance_l7policy_enable'> {
  return {
    protocol: protocolFor(protocol, true),
    transparent_client_ip_enable: !nat64_enable,
    enhance_l7policy_enable: protocol === 'HTTP' || protocol === 'TERMINATED_HTTPS',
  };
}
