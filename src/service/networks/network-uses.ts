/** What uses networks, and so keeps them from being deleted: also what is in the recycle bin, which may come back. */
import type { Kysely } from 'kysely';
import { conflict } from '../../model/errors.ts';
import { loadBalancer } from '../../model/load-balancer.ts';
import { member } from '../../model/member.ts';
import { pool } from '../../model/pool.ts';
import { port } from '../../model/port.ts';
import { type Subnet, subnet } from '../../model/subnet.ts';
import type { Vpc } from '../../model/vpc.ts';
import { archivedMemberAddresses, archivedRecords } from '../../store/archive.ts';
import { findBy, findWhere } from '../../store/rows.ts';
import type { Tables } from '../../store/schema.ts';

/** So many users are named; more are counted. */
const named = 5;

/**
 * Refuses to take away a subnet that is in use.
 *
 * @param doing what is refused, as `deleted`
 */
export async function checkSubnetUnused(db: Kysely<Tables>, of: Subnet, doing: string): Promise<void> {
  const ids = [of.id, of.neutron_subnet_id];
  const placed = ['id', 'vip_subnet_cidr_id', 'ipv6_vip_virsubnet_id', 'elb_virsubnet_ids'] as const;
  type Placed = {
    vip_subnet_cidr_id: string | null;
    ipv6_vip_virsubnet_id: string | null;
    elb_virsubnet_ids: readonly string[];
  };
  const isIn = ({ vip_subnet_cidr_id, ipv6_vip_virsubnet_id, elb_virsubnet_ids }: Placed) =>
    [vip_subnet_cidr_id, ipv6_vip_virsubnet_id, ...elb_virsubnet_ids].some(
      (id) => id !== null && ids.includes(id),
    );
  const owners = await findWhere(db, loadBalancer, { vpc_id: of.vpc_id }, placed);
  const kept = await archivedRecords(db, loadBalancer, of.project_id);
  const members = await findBy(db, member, 'subnet_cidr_id', ids, ['id']);
  const keptMembers = await archivedMemberAddresses(db, ids);
  const ports = await findBy(db, port, 'network_id', [of.id], ['id', 'device_id']);
  const isServers = ({ device_id }: { device_id: string }) => device_id !== '';
  const servers = new Set(ports.filter(isServers).map(({ device_id }) => device_id));
  refuse(`The subnet ${of.id} cannot be ${doing}`, [
    ['load balancer', idsOf(owners.filter(isIn))],
    ['load balancer in the recycle bin', idsOf(kept.filter(isIn))],
    ['member', idsOf(members)],
    ['member in the recycle bin', keptMembers],
    ['server', [...servers]],
    ['port', idsOf(ports.filter((each) => !isServers(each)))],
  ]);
}

/** Refuses to delete a VPC that is in use. */
export async function checkVpcUnused(db: Kysely<Tables>, { id, project_id }: Vpc): Promise<void> {
  const isIn = ({ vpc_id }: { vpc_id: string }) => vpc_id === id;
  refuse(`The vpc ${id} cannot be deleted`, [
    ['subnet', idsOf(await findBy(db, subnet, 'vpc_id', [id], ['id']))],
    ['load balancer', idsOf(await findWhere(db, loadBalancer, { vpc_id: id }, ['id']))],
    ['pool', idsOf(await findWhere(db, pool, { project_id, vpc_id: id }, ['id']))],
    [
      'load balancer in the recycle bin',
      idsOf((await archivedRecords(db, loadBalancer, project_id)).filter(isIn)),
    ],
    ['pool in the recycle bin', idsOf((await archivedRecords(db, pool, project_id)).filter(isIn))],
  ]);
}

function idsOf(records: readonly { readonly id: string }[]): string[] {
  return records.map(({ id }) => id);
}

function refuse(what: string, users: readonly (readonly [string, readonly string[]])[]): void {
  const using = users.filter(([, ids]) => ids.length > 0);
  if (using.length === 0) return;
  const words = using.map(([kind, ids]) => {
    const more = ids.length > named ? ` and ${ids.length - named} more` : '';
    return `${kind} ${ids.slice(0, named).join(', ')}${more}`;
  });
  throw conflict(`${what}: it is in use by ${words.join('; ')}. Delete or move that first.`);
}
