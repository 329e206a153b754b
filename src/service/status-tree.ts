/** Works out the status tree of a load balancer (rules digest 3.1). */
import { type HealthMonitor, healthMonitor } from '../model/health-monitor.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { type Member, member } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import type { ListenerNode, PolicyNode, PoolNode, StatusTree } from '../model/status-tree.ts';
import { findBy } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { poolIdsOfListeners } from './attachments.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

const ACTIVE = 'ACTIVE' as const;

export async function showStatusTree(region: Region, projectId: string, id: string): Promise<StatusTree> {
  const db = region.store.reader;
  const root = await requireLoadBalancer(db, projectId, id);
  const listeners = await findBy(db, listener, 'loadbalancer_id', [id]);
  const listenerIds = listeners.map((each) => each.id);
  const reached = await poolIdsOfListeners(db, listenerIds);
  const used = [...new Set([...reached.values()].flat())];
  const policies = await policyNodes(db, listenerIds);
  const direct = await findBy(db, pool, 'loadbalancer_id', [id]);
  const pools = new Map([...direct, ...(await findBy(db, pool, 'id', used))].map((each) => [each.id, each]));
  const members = Map.groupBy(
    await findBy(db, member, 'pool_id', [...pools.keys()]),
    ({ pool_id }) => pool_id,
  );
  const monitors = new Map(
    (await findBy(db, healthMonitor, 'pool_id', [...pools.keys()])).map((each) => [each.pool_id, each]),
  );
  const nodes = new Map(
    [...pools.values()].map((each) => [
      each.id,
      poolNode(root, each, members.get(each.id) ?? [], monitors.get(each.id)),
    ]),
  );
  const poolNodes = [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    loadbalancer: {
      id,
      name: root.name,
      provisioning_status: ACTIVE,
      operating_status: statusOf(root, poolNodes),
      listeners: listeners.map((each) =>
        listenerNode(
          root,
          each,
          (reached.get(each.id) ?? []).flatMap((poolId) => nodes.get(poolId) ?? []),
          policies.get(each.id) ?? [],
        ),
      ),
      pools: poolNodes,
    },
  };
}

function statusOf(
  { admin_state_up, operating_status }: LoadBalancer,
  pools: readonly PoolNode[],
): StatusTree['loadbalancer']['operating_status'] {
  if (!admin_state_up) return 'DISABLED';
  if (hasOffline(pools)) return 'DEGRADED';
  return operating_status === 'FROZEN' ? 'FROZEN' : 'ONLINE';
}

/** The policies of listeners with their rules, by the id of the listener. */
async function policyNodes(
  db: Reader,
  listenerIds: readonly string[],
): Promise<ReadonlyMap<string | undefined, readonly PolicyNode[]>> {
  const policies = await findBy(db, l7Policy, 'listener_id', listenerIds);
  const rules = Map.groupBy(
    await findBy(
      db,
      l7Rule,
      'l7policy_id',
      policies.map(({ id }) => id),
      ['id', 'type', 'provisioning_status', 'l7policy_id'],
    ),
    ({ l7policy_id }) => l7policy_id,
  );
  const listenerOf = new Map(policies.map(({ id, listener_id }) => [id, listener_id]));
  const nodes = policies.map(({ id, name, action, provisioning_status }) => ({
    ...{ id, name, action, provisioning_status },
    rules: (rules.get(id) ?? []).map(({ l7policy_id, ...rule }) => rule),
  }));
  return Map.groupBy(nodes, ({ id }) => listenerOf.get(id));
}

function listenerNode(
  root: LoadBalancer,
  of: Listener,
  pools: readonly PoolNode[],
  l7policies: readonly PolicyNode[],
): ListenerNode {
  const up = root.admin_state_up && of.admin_state_up;
  const degraded = hasOffline(pools) || l7policies.some(hasError);
  return {
    id: of.id,
    name: of.name,
    provisioning_status: ACTIVE,
    operating_status: !up ? 'DISABLED' : degraded ? 'DEGRADED' : 'ONLINE',
    pools: [...pools],
    l7policies: [...l7policies],
  };
}

function hasError({ provisioning_status, rules }: PolicyNode): boolean {
  return provisioning_status === 'ERROR' || rules.some((rule) => rule.provisioning_status === 'ERROR');
}

function poolNode(
  root: LoadBalancer,
  of: Pool,
  members: readonly Member[],
  monitor: HealthMonitor | undefined,
): PoolNode {
  const up = root.admin_state_up && of.admin_state_up;
  const offline = members.some(({ operating_status }) => operating_status === 'OFFLINE');
  return {
    id: of.id,
    name: of.name,
    provisioning_status: ACTIVE,
    operating_status: !up ? 'DISABLED' : offline ? 'DEGRADED' : 'ONLINE',
    healthmonitor: monitor
      ? { id: monitor.id, name: monitor.name, type: monitor.type, provisioning_status: ACTIVE }
      : null,
    members: members.map((each) => ({
      id: each.id,
      address: each.address,
      protocol_port: each.protocol_port,
      provisioning_status: ACTIVE,
      operating_status: up && isUp(each) ? each.operating_status : 'DISABLED',
    })),
  };
}

/** An IP address used as a member has no server that could be down, so its admin_state_up says nothing of it. */
function isUp({ admin_state_up, member_type }: Member): boolean {
  return admin_state_up || member_type === 'ip';
}

function hasOffline(pools: readonly PoolNode[]): boolean {
  return pools.some(({ members }) => members.some(({ operating_status }) => operating_status === 'OFFLINE'));
}
