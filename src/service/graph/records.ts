/** Records of the store with the fields that a create request would have to say, where those are others. */
import type { L7Policy } from '../../model/l7-policy.ts';
import type { Listener } from '../../model/listener.ts';
import { protocolDefaults } from '../../model/listener-rules.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import type { Member } from '../../model/member.ts';
import type { PublicIpRecord } from '../../model/public-ip.ts';
import type { Region } from '../region.ts';
import { shortened } from './entries.ts';
import type { LoadBalancerParts } from './graph.ts';

type Fields = Readonly<Record<string, unknown>>;

export function loadBalancerFields({ inventory }: Region, own: LoadBalancerParts): Fields {
  const { loadBalancer: of, publicIp } = own;
  const { vpc_id, charge_mode, availability_zone_list, ...rest } = of;
  return {
    ...rest,
    // What a shared one has of these, no request names.
    ...(of.guaranteed ? { vpc_id, charge_mode, availability_zone_list } : {}),
    publicip_ids: of.publicips.length > 0 ? of.publicips.map(({ publicip_id }) => publicip_id) : null,
    publicip: publicIp && !inventory.publicIps.has(publicIp.id) ? madePublicIp(publicIp) : null,
  };
}

/** The request that made a public IP: elsewhere there is none with its id, but one like it can be made. */
function madePublicIp(of: PublicIpRecord): Fields {
  const { bandwidth_id, bandwidth_name, bandwidth_size, bandwidth_charge_mode } = of;
  const own = { name: bandwidth_name, size: bandwidth_size, charge_mode: bandwidth_charge_mode };
  return {
    ip_version: of.ip_version,
    network_type: of.type,
    billing_info: of.billing_info,
    bandwidth: of.bandwidth_share_type === 'WHOLE' ? { id: bandwidth_id } : own,
  };
}

export function listenerFields({ guaranteed }: LoadBalancer, of: Listener): Fields {
  if (guaranteed || of.protocol !== 'UDP') return of;
  // UDP listeners of shared ones have this, and no request may name it.
  const { keepalive_timeout: _, ...rest } = of;
  return rest;
}

/** A listener as an export says it. What goes without saying depends on the kind of its load balancer. */
export function shortenedListener(owner: LoadBalancer, of: Listener): Fields {
  const { transparent_client_ip_enable: transparent, protocol } = of;
  const usual = protocolDefaults(protocol, owner.guaranteed).transparent_client_ip_enable;
  return {
    ...shortened('listener', { ...listenerFields(owner, of), transparent_client_ip_enable: null }),
    ...(transparent === usual ? {} : { transparent_client_ip_enable: transparent }),
  };
}

/** Without advanced forwarding no request may name a priority. */
export function policyFields({ enhance_l7policy_enable }: Listener, of: L7Policy): Fields {
  return enhance_l7policy_enable ? of : { ...of, priority: null };
}

/** The zone of a server is the server's, and not the member's to say. */
export function memberFields({ availability_zone, ...rest }: Member): Fields {
  return rest.member_type === 'ip' ? { ...rest, availability_zone } : rest;
}
