/** VPCs: those that projects make, and those of the inventory beside them (VPC v1). */
import { holds, type Network, parseNetwork } from '../../model/address.ts';
import { conflict, invalid, notFound } from '../../model/errors.ts';
import { changes, draft } from '../../model/resource.ts';
import { subnet } from '../../model/subnet.ts';
import { type Vpc, vpc } from '../../model/vpc.ts';
import { find, findBy, insert, remove, update } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { checkEnterpriseProject } from '../enterprise-projects.ts';
import { newId } from '../new-id.ts';
import { type Region, timestamp } from '../region.ts';
import { declaredVpc } from './declared-networks.ts';
import { checkVpcUnused } from './network-uses.ts';

type Body = Readonly<Record<string, unknown>>;

/** The widest network that a VPC may be, by the length of its prefix, and the narrowest. */
const prefixes = [8, 29] as const;

export async function createVpc(region: Region, projectId: string, body: Body): Promise<Vpc> {
  return region.store.write(async (tx) => {
    const wanted = draft(vpc, body);
    const id = newId(tx.at);
    await checkEnterpriseProject(tx.db, region, vpc, { ...wanted, id, project_id: projectId });
    const now = timestamp(tx.at);
    const record: Vpc = {
      ...wanted,
      id,
      project_id: projectId,
      cidr: cidrOf(region, wanted.cidr),
      created_at: now,
      updated_at: now,
    };
    await insert(tx, vpc, record);
    return record;
  });
}

export async function showVpc(region: Region, projectId: string, id: string): Promise<Vpc> {
  return requireVpc(region.store.reader, region, projectId, id);
}

/** A VPC that the project made, or one of the inventory that it may use. */
export async function requireVpc(
  db: Reader,
  { inventory }: Region,
  projectId: string,
  id: string,
): Promise<Vpc> {
  const declared = inventory.vpc(projectId, id);
  const found = declared ? declaredVpc(projectId, declared) : await find(db, vpc, projectId, id);
  if (!found) throw notFound(vpc.label, id);
  return found;
}

/** All that a project may use, those of the inventory first. */
export async function listVpcs({ store, inventory }: Region, projectId: string): Promise<Vpc[]> {
  const declared = inventory.vpcsOf(projectId).map((each) => declaredVpc(projectId, each));
  return [...declared, ...(await findBy(store.reader, vpc, 'project_id', [projectId]))];
}

export async function updateVpc(region: Region, projectId: string, id: string, body: Body): Promise<Vpc> {
  return region.store.write(async (tx) => {
    const before = await requireOwnVpc(tx.db, region, projectId, id);
    const changed = changes(vpc, body);
    if (Object.keys(changed).length === 0) return before;
    if (changed.cidr !== undefined) {
      changed.cidr = cidrOf(region, changed.cidr);
      await checkSubnetsWithin(tx.db, id, changed.cidr);
    }
    const after: Vpc = { ...before, ...changed, updated_at: timestamp(tx.at) };
    await update(tx, vpc, before, after);
    return after;
  });
}

export async function deleteVpc(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireOwnVpc(tx.db, region, projectId, id);
    await checkVpcUnused(tx.db, found);
    await remove(tx, vpc, found);
  });
}

/** A VPC that the project may change: one of the inventory is for its file to change. */
export async function requireOwnVpc(db: Reader, region: Region, projectId: string, id: string): Promise<Vpc> {
  const found = await requireVpc(db, region, projectId, id);
  if (region.inventory.vpcs.has(id)) {
    throw conflict(`The vpc ${id} is one of the inventory; only its file changes it or takes it away.`);
  }
  return found;
}

/** Reads a network of private IPv4 addresses. */
export function privateNetwork({ inventory }: Region, cidr: string, field: string): Network {
  const network = parseNetwork(cidr);
  if (network?.version !== 'v4') {
    throw invalid(
      field,
      `got "${cidr}", expected an IPv4 network as 192.168.0.0/16, no bits set behind the prefix.`,
    );
  }
  if (!inventory.isPrivateNetwork(network)) {
    throw invalid(
      field,
      `got ${cidr}, expected a network of private addresses: of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or ` +
        '100.64.0.0/10, or one that the inventory declares private.',
    );
  }
  return network;
}

function cidrOf(region: Region, cidr: string): string {
  if (cidr === '') return cidr;
  const { text } = privateNetwork(region, cidr, 'vpc.cidr');
  const prefix = Number(text.split('/')[1]);
  const [shortest, longest] = prefixes;
  if (prefix >= shortest && prefix <= longest) return text;
  throw invalid('vpc.cidr', `got ${cidr}, expected a prefix from /${shortest} to /${longest}.`);
}

async function checkSubnetsWithin(db: Reader, id: string, cidr: string): Promise<void> {
  const outer = cidr === '' ? null : parseNetwork(cidr);
  if (!outer) return;
  for (const each of await findBy(db, subnet, 'vpc_id', [id], ['id', 'cidr'])) {
    const inner = parseNetwork(each.cidr);
    if (inner && holds(outer, inner)) continue;
    throw conflict(
      `Invalid input for 'vpc.cidr': ${cidr} does not hold the subnet ${each.id}, which has ${each.cidr}.`,
    );
  }
}
