/** The public IPs that a project sees: its own, and those of the inventory that nobody has. */
import { conflict, notFound } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type PublicIpRecord, publicIp } from '../model/public-ip.ts';
import { seenOf } from '../store/access.ts';
import { findBy, remove } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { declaredPublicIp, findPublicIp } from './public-ips.ts';
import type { Region } from './region.ts';

/** A public IP with the load balancer it is bound to, if it is. */
export interface PublicIpView {
  readonly publicIp: PublicIpRecord;
  readonly owner: LoadBalancer | null;
}

export async function showPublicIp(region: Region, projectId: string, id: string): Promise<PublicIpView> {
  const db = region.store.reader;
  const found = await findPublicIp(db, region, projectId, id);
  if (!found) throw notFound(publicIp.label, id);
  return viewOf(db, found);
}

export async function listPublicIps(
  { store, inventory }: Region,
  projectId: string,
): Promise<PublicIpView[]> {
  const db = store.reader;
  const own = seenOf(db, publicIp, await findBy(db, publicIp, 'project_id', [projectId]));
  const declared = [...inventory.publicIps];
  const taken = await findBy(
    db,
    publicIp,
    'public_ip_address',
    declared.map(([, address]) => address),
    ['public_ip_address'],
  );
  const free = declared.filter(([, address]) =>
    taken.every(({ public_ip_address }) => public_ip_address !== address),
  );
  return viewsOf(db, [...own, ...free.map(([id, address]) => declaredPublicIp(projectId, id, address))]);
}

/** Gives a public IP that is bound to nothing back to the public network. */
export async function releasePublicIp(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await findPublicIp(tx.db, region, projectId, id);
    if (!found) throw notFound(publicIp.label, id);
    if (found.loadbalancer_id) {
      throw conflict(
        `The public IP ${id} is bound to load balancer ${found.loadbalancer_id}; unbind it first.`,
      );
    }
    if (region.inventory.publicIps.has(id)) {
      throw conflict(`The public IP ${id} is one of the inventory; only its file takes it away.`);
    }
    await remove(tx, publicIp, found);
  });
}

/** The public IPs of a project by the bandwidth that they have, which several may share. */
export async function publicIpsByBandwidth(
  { store }: Region,
  projectId: string,
): Promise<ReadonlyMap<string, readonly [PublicIpRecord, ...PublicIpRecord[]]>> {
  const all = await findBy(store.reader, publicIp, 'project_id', [projectId]);
  const own = seenOf(store.reader, publicIp, all);
  const byBandwidth = new Map<string, [PublicIpRecord, ...PublicIpRecord[]]>();
  for (const each of own) {
    const sharing = byBandwidth.get(each.bandwidth_id);
    if (sharing) sharing.push(each);
    else byBandwidth.set(each.bandwidth_id, [each]);
  }
  return byBandwidth;
}

/** A public IP with its load balancer. */
export async function viewOf(db: Reader, record: PublicIpRecord): Promise<PublicIpView> {
  const [view] = await viewsOf(db, [record]);
  if (!view) throw new Error('a public IP has a view');
  return view;
}

async function viewsOf(db: Reader, records: readonly PublicIpRecord[]): Promise<PublicIpView[]> {
  const ids = records.flatMap(({ loadbalancer_id }) => loadbalancer_id ?? []);
  const owners = new Map((await findBy(db, loadBalancer, 'id', ids)).map((each) => [each.id, each]));
  return records.map((each) => ({ publicIp: each, owner: owners.get(each.loadbalancer_id ?? '') ?? null }));
}
