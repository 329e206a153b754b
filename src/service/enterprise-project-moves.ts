/** What is in enterprise projects, and how it is moved from one to another. */
import { certificate } from '../model/certificate.ts';
import { invalid, notFound } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { ipGroup } from '../model/ip-group.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { logtank } from '../model/logtank.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { publicIp } from '../model/public-ip.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { securityPolicy } from '../model/security-policy.ts';
import { type Belonging, type BelongingsQuery, belongings } from '../store/enterprise-projects.ts';
import { findBy, update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { checkEnabled, type MayIn, showEnterpriseProject } from './enterprise-projects.ts';
import { checkActive } from './load-balancer-state.ts';
import { type Region, timestamp, within } from './region.ts';

/** What has an enterprise project of its own, by the names that these calls have for it. */
const movable: Readonly<Record<string, Resource>> = {
  loadbalancers: loadBalancer,
  pools: pool,
  certificates: certificate,
  ipgroups: ipGroup,
  security_policies: securityPolicy,
};

/** What a resource takes with it: the rows whose column has its id, and what these take. */
interface Following {
  readonly of: Resource;
  readonly by: string;
  readonly below?: readonly Following[];
}

const following: Readonly<Record<string, readonly Following[]>> = {
  loadbalancers: [
    {
      of: listener,
      by: 'loadbalancer_id',
      below: [{ of: l7Policy, by: 'listener_id', below: [{ of: l7Rule, by: 'l7policy_id' }] }],
    },
    { of: logtank, by: 'loadbalancer_id' },
  ],
  pools: [
    { of: member, by: 'pool_id' },
    { of: healthMonitor, by: 'pool_id' },
  ],
};

/** The names of what can be moved and found. */
export const movableTypes: readonly string[] = Object.keys(movable);

export interface Move {
  readonly type: string;
  readonly id: string;
  /** Among which it is looked for. */
  readonly projectIds: ReadonlySet<string>;
  /** Whether the public IPs of a load balancer go with it. */
  readonly takesPublicIps: boolean;
}

/**
 * Moves a resource into an enterprise project, with all that is in that of the resource because the resource is. What
 * is there already stays.
 *
 * @param mayIn whether the caller may move into one, and out of one
 */
export async function moveResource(
  region: Region,
  mayIn: MayIn,
  targetId: string,
  { type, id, projectIds, takesPublicIps }: Move,
): Promise<void> {
  const of = resourceOf(type);
  await region.store.write(async (tx) => {
    const target = await showEnterpriseProject(within(region, tx), mayIn, targetId);
    const [found] = (await findBy(tx.db, of, 'id', [id])) as unknown as Moved[];
    if (!found || !projectIds.has(found.project_id) || !mayIn(found.enterprise_project_id)) {
      throw notFound(of.label, id);
    }
    checkEnabled(target);
    if (found.enterprise_project_id === targetId) return;
    if (of.table === loadBalancer.table) checkActive([found as unknown as LoadBalancer]);
    await put(tx, of, [found], targetId);
    await follow(tx, following[of.table] ?? [], [id], targetId);
    if (of.table === loadBalancer.table && takesPublicIps) {
      await put(tx, publicIp, await movedBy(tx, publicIp, 'loadbalancer_id', [id]), targetId);
    }
  });
}

/** What is in an enterprise project. */
export async function listBelongings(
  { store }: Region,
  types: readonly string[],
  query: Omit<BelongingsQuery, 'of'>,
): Promise<{ records: readonly Belonging[]; total: number }> {
  return belongings(store.reader, { ...query, of: [...new Set(types.map(resourceOf))] });
}

interface Moved {
  readonly id: string;
  readonly project_id: string;
  readonly enterprise_project_id: string;
}

function resourceOf(type: string): Resource {
  const name = type.replaceAll('-', '_');
  const found = Object.hasOwn(movable, name) ? movable[name] : undefined;
  if (found) return found;
  throw invalid(
    'resource_type',
    `got "${type}", expected one of ${movableTypes.join(', ')}; other things are in the enterprise project of what they belong to.`,
  );
}

async function follow(
  tx: Writer,
  followers: readonly Following[],
  ids: readonly string[],
  targetId: string,
): Promise<void> {
  for (const { of, by, below = [] } of followers) {
    const records = await movedBy(tx, of, by, ids);
    await put(tx, of, records, targetId);
    await follow(
      tx,
      below,
      records.map((each) => each.id),
      targetId,
    );
  }
}

async function movedBy(tx: Writer, of: Resource, by: string, ids: readonly string[]): Promise<Moved[]> {
  return (await findBy(tx.db, of, by, ids)) as unknown as Moved[];
}

async function put(tx: Writer, of: Resource, records: readonly Moved[], enterprise_project_id: string) {
  const changes = {
    enterprise_project_id,
    ...(of.fields['updated_at'] ? { updated_at: timestamp(tx.at) } : {}),
  };
  for (const each of records) {
    await update(tx, of, each as unknown as RecordOf<Fields> & Moved, changes);
  }
}
