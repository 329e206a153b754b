/** The rules between a listener, its load balancer and the pool it uses (rules digest 2.1.4, 2.2.4 and 2.3.4). */
import type { Kysely } from 'kysely';
import { conflict, invalid, Refusal } from '../model/errors.ts';
import type { Listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import { poolProtocolsFor } from '../model/pool-rules.ts';
import { checkSharedProtocol } from '../model/shared-rules.ts';
import { count } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';

/**
 * Refuses a pool that the listener's protocol cannot use.
 *
 * @param field what a message names as wrong
 */
export function checkPoolOfListener(
  listener: Pick<Listener, 'protocol' | 'http2_enable'>,
  pool: Pool,
  field = 'default_pool_id',
): void {
  const allowed = poolProtocolsFor(listener.protocol);
  if (!allowed.includes(pool.protocol)) {
    throw invalid(
      field,
      `a listener of protocol ${listener.protocol} takes a pool of protocol ${allowed.join(' or ')}, ` +
        `and pool ${pool.id} has ${pool.protocol}.`,
    );
  }
  if (pool.protocol === 'GRPC' && listener.protocol === 'HTTPS' && !listener.http2_enable) {
    throw invalid(field, 'a GRPC pool needs a listener with http2_enable true.');
  }
  if (listener.protocol === 'TLS' && pool.protocol === 'TCP' && pool.ip_version !== 'v4') {
    throw invalid(field, `a TLS listener takes a TCP pool of ip_version v4, not ${pool.ip_version}.`);
  }
  if (listener.protocol === 'TLS' && pool.az_affinity?.enable) {
    throw conflict(`The pool ${pool.id} has az_affinity, which a TLS listener cannot use; switch it off.`);
  }
}

/**
 * Refuses a pool that a load balancer cannot use: one without a load balancer where it is shared (PO-1), one of
 * another VPC, or with IP addresses as members where it takes
 * none.
 *
 * @param field what a message names as wrong
 */
export async function checkPoolOfLoadBalancer(
  db: Kysely<Tables>,
  owner: LoadBalancer,
  pool: Pool,
  field: string,
): Promise<void> {
  if (!owner.guaranteed && pool.loadbalancer_id === null) {
    throw invalid(
      field,
      `the load balancer ${owner.id} is shared, and the pool ${pool.id} was created for no load balancer.`,
    );
  }
  if (pool.vpc_id !== '' && pool.vpc_id !== owner.vpc_id) {
    throw invalid(
      field,
      `the pool is for the VPC ${pool.vpc_id}, and the load balancer is in ${owner.vpc_id}.`,
    );
  }
  if (owner.ip_target_enable) return;
  const ipMembers = await count(db, member, { pool_id: pool.id, member_type: 'ip' });
  if (ipMembers > 0) {
    throw new Refusal(
      'ELB.8939',
      `Invalid input for '${field}': the pool has ${ipMembers} member(s) without a subnet, and ` +
        `ip_target_enable of load balancer ${owner.id} is false; set it to true.`,
    );
  }
}

const overFlavors = {
  l4_flavor_id: ['TCP', 'UDP', 'TLS'],
  l7_flavor_id: ['HTTP', 'HTTPS', 'QUIC'],
} as const satisfies Record<string, readonly Listener['protocol'][]>;

/**
 * Refuses a protocol that the load balancer does not serve: a gateway serves IP alone, and one with a flavor of one
 * layer only the protocols of that layer (rules digest LB-4). Without flavors there is no such limit.
 */
export function checkProtocolOfOwner(owner: LoadBalancer, { protocol }: Listener): void {
  const gateway = owner.loadbalancer_type === 'gateway';
  if (gateway !== (protocol === 'IP')) {
    throw invalid(
      'listener.protocol',
      gateway
        ? `a gateway load balancer takes listeners of protocol IP, not ${protocol}.`
        : 'IP is for gateway load balancers only.',
    );
  }
  if (!owner.guaranteed) checkSharedProtocol(protocol);
  const { l4_flavor_id, l7_flavor_id } = owner;
  if (gateway || !l4_flavor_id === !l7_flavor_id) return;
  const key = l4_flavor_id ? 'l4_flavor_id' : 'l7_flavor_id';
  const served: readonly Listener['protocol'][] = overFlavors[key];
  if (served.includes(protocol)) return;
  throw invalid(
    'listener.protocol',
    `the load balancer ${owner.id} has only an ${key}, so it takes ${served.join(', ')}, not ${protocol}.`,
  );
}
