/** Which listeners a planned change concerns: those that use what it changes, or did until now. */
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { listener } from '../model/listener.ts';
import { findBy } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { attachedIdsOf } from './attachments.ts';
import type { Values } from './audit.ts';
import { listenersOfCertificate } from './listener-certificates.ts';
import { listenersByIpGroup } from './listener-ip-groups.ts';
import type { PlannedChange } from './plan-changes.ts';
import { poolIdsOf } from './policy-pools.ts';

/** Finds listeners by what they use, as it is once the plan is carried out, and remembers them meanwhile. */
export class TouchedListeners {
  readonly #db: Reader;
  readonly #plan: readonly PlannedChange[];
  readonly #known = new Map<string, Promise<readonly string[]>>();

  constructor(db: Reader, plan: readonly PlannedChange[]) {
    this.#db = db;
    this.#plan = plan;
  }

  ofLoadBalancer(id: string): Promise<readonly string[]> {
    return this.#once(`loadbalancer ${id}`, () => this.#where('loadbalancer_id', id));
  }

  /** Also those that the plan takes off the pool. */
  ofPool(id: string): Promise<readonly string[]> {
    return this.#once(`pool ${id}`, async () => {
      const attached = await attachedIdsOf(this.#db, [{ id, loadbalancer_id: null }]);
      const leaving = this.#plan.flatMap((change) =>
        usedPool(change, id) ? (listenerOf(change) ?? []) : [],
      );
      return [...new Set([...attached({ id, loadbalancer_id: null }).listenerIds, ...leaving])];
    });
  }

  /** That of the policy, which may be going itself. */
  ofPolicy(id: string): Promise<readonly string[]> {
    return this.#once(`l7policy ${id}`, async () => {
      const [found] = await findBy(this.#db, l7Policy, 'id', [id], ['listener_id']);
      const going = this.#plan.find((change) => change.type === l7Policy.name && change.id === id);
      return [found?.listener_id ?? going?.parent_id ?? []].flat();
    });
  }

  ofIpGroup(id: string): Promise<readonly string[]> {
    return this.#once(`ipgroup ${id}`, async () => (await listenersByIpGroup(this.#db, [id])).get(id) ?? []);
  }

  ofCertificate(id: string): Promise<readonly string[]> {
    return this.#once(`certificate ${id}`, async () =>
      (await listenersOfCertificate(this.#db, { id })).map((each) => each.id),
    );
  }

  ofSecurityPolicy(id: string): Promise<readonly string[]> {
    return this.#once(`security policy ${id}`, () => this.#where('security_policy_id', id));
  }

  async #where(column: 'loadbalancer_id' | 'security_policy_id', id: string): Promise<string[]> {
    return (await findBy(this.#db, listener, column, [id], ['id'])).map((each) => each.id);
  }

  #once(key: string, find: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const known = this.#known.get(key);
    if (known) return known;
    const found = find();
    this.#known.set(key, found);
    return found;
  }
}

/** Whether a listener or a policy used a pool before the change. */
function usedPool({ type, before }: PlannedChange, poolId: string): boolean {
  if (!before) return false;
  if (type === listener.name) return before['default_pool_id'] === poolId;
  return type === l7Policy.name && poolIdsOf(poolFields(before)).has(poolId);
}

function poolFields(before: Values): Parameters<typeof poolIdsOf>[0] {
  const { redirect_pool_id, redirect_pools_config, redirect_pools_extend_config } =
    before as unknown as Partial<L7Policy>;
  return {
    redirect_pool_id: redirect_pool_id ?? null,
    redirect_pools_config: redirect_pools_config ?? [],
    redirect_pools_extend_config: redirect_pools_extend_config ?? null,
  };
}

function listenerOf({ type, id, parent_id }: PlannedChange): string | null {
  return type === listener.name ? id : parent_id;
}
