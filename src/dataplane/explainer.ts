/** Tells what a listener would do with a request, by what the proxies match with, without sending anything. */
import { certificate } from '../model/certificate.ts';
import type { ExplainRequest, Explanation } from '../model/explanation.ts';
import { ipGroup } from '../model/ip-group.ts';
import { exactnessPlace, priorityPlace } from '../model/l7-order.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { seenOf } from '../store/access.ts';
import { findBy } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { certificateFor } from './certificate-choice.ts';
import { accessControl, compileMember, compilePool, ipGroupIds } from './compile.ts';
import { compilePolicy } from './compile-policy.ts';
import { Admission } from './matching/admission.ts';
import { describedFacts } from './matching/described-facts.ts';
import { firstUnmet, PolicyMatcher } from './matching/policy-matcher.ts';
import type { RequestFacts } from './matching/request-facts.ts';
import type { PolicyAction } from './policy-configuration.ts';
import type { SessionKeys } from './session-keys.ts';

/** A policy with its rules, in the place that it has. */
interface Placed {
  readonly policy: L7Policy;
  readonly rules: readonly L7Rule[];
  readonly place: string;
}

export class Explainer {
  readonly #db: Reader;
  readonly #keys: SessionKeys;

  constructor(db: Reader, keys: SessionKeys) {
    this.#db = db;
    this.#keys = keys;
  }

  /** Undefined when none of the projects has such a listener. */
  async explain(
    projectIds: ReadonlySet<string>,
    listenerId: string,
    request: ExplainRequest,
  ): Promise<Explanation | undefined> {
    const [of] = seenOf(this.#db, listener, await findBy(this.#db, listener, 'id', [listenerId]));
    if (!of || !projectIds.has(of.project_id)) return undefined;
    const facts = describedFacts(request);
    const decided = await this.#decide(of, facts);
    const admitted = await this.#admits(of, facts.clientAddress);
    const pools = await this.#pools(decided.action, of.default_pool_id);
    return {
      admitted,
      certificate: await this.#certificate(of, request.sni ?? ''),
      ...{ policy: decided.policy, passed_over: decided.passed_over },
      ...(admitted
        ? outcomeOf(
            decided.action,
            pools.map(({ shown }) => shown),
          )
        : { outcome: 'refuse' as const, status: null }),
      pools: pools.filter(({ isSeen }) => isSeen).map(({ shown }) => shown),
    };
  }

  async #decide(
    of: Listener,
    facts: RequestFacts,
  ): Promise<Pick<Explanation, 'policy' | 'passed_over'> & { readonly action: PolicyAction | null }> {
    const order = of.enhance_l7policy_enable ? 'priority' : 'exactness';
    const placed = await this.#placed(of);
    const targets = await findBy(
      this.#db,
      listener,
      'id',
      placed.flatMap(({ policy }) => policy.redirect_listener_id ?? []),
    );
    const compiled = placed.flatMap(({ policy, rules }) => {
      const target = targets.find(({ id }) => id === policy.redirect_listener_id);
      return compilePolicy(policy, rules, target, this.#keys) ?? [];
    });
    const matcher = new PolicyMatcher(compiled, order);
    const found = matcher.match(facts);
    const passed_over: Explanation['passed_over'] = [];
    for (const { policy, rules } of placed) {
      if (policy.id === found?.policy.id) {
        const { id, name, action } = policy;
        const rule_ids = rules.map((rule) => rule.id);
        return { policy: { id, name, action, rule_ids }, passed_over, action: found.policy.action };
      }
      const candidate = matcher.candidates.find((each) => each.policy.id === policy.id);
      const unmet = candidate && firstUnmet(candidate, facts);
      const reason = unmet ? unmet.whyNotMet(facts) : whyNotApplied(policy);
      const rule_id = unmet?.configuration.id ?? null;
      passed_over.push({ policy_id: policy.id, name: policy.name, rule_id, reason });
    }
    return { policy: null, passed_over, action: null };
  }

  /** All policies of a listener, those that are not applied among the others. */
  async #placed(of: Listener): Promise<Placed[]> {
    const policies = await findBy(this.#db, l7Policy, 'listener_id', [of.id]);
    const ids = policies.map(({ id }) => id);
    const rules = Map.groupBy(
      await findBy(this.#db, l7Rule, 'l7policy_id', ids),
      ({ l7policy_id }) => l7policy_id,
    );
    const placed = policies.map((policy) => {
      const own = rules.get(policy.id) ?? [];
      const place = of.enhance_l7policy_enable
        ? priorityPlace(policy)
        : exactnessPlace({ policy, rules: own });
      return { policy, rules: own, place };
    });
    return placed.sort((a, b) => (a.place < b.place ? -1 : 1));
  }

  async #admits(of: Listener, address: string): Promise<boolean> {
    const groups = await findBy(this.#db, ipGroup, 'id', ipGroupIds(of));
    const access = accessControl(of, new Map(groups.map((each) => [each.id, each])));
    return new Admission(access).admits(address);
  }

  async #certificate(of: Listener, sni: string): Promise<Explanation['certificate']> {
    const ids = [...of.sni_container_refs, of.default_tls_container_ref ?? ''];
    const found = await findBy(this.#db, certificate, 'id', ids, ['id', 'name', 'domain']);
    const chosen = certificateFor(of, sni, new Map(found.map((each) => [each.id, each])));
    return chosen ? { id: chosen.id, name: chosen.name } : null;
  }

  /** Where an action sends requests, and which of that the caller may know of. */
  async #pools(
    action: PolicyAction | null,
    defaultPoolId: string | null,
  ): Promise<{ readonly shown: Explanation['pools'][number]; readonly isSeen: boolean }[]> {
    const byDefault = defaultPoolId === null ? [] : [{ poolId: defaultPoolId, weight: 1 }];
    const shares = action === null ? byDefault : action.kind === 'forward' ? action.pools : [];
    const found = await findBy(
      this.#db,
      pool,
      'id',
      shares.map(({ poolId }) => poolId),
    );
    const seen = new Set(seenOf(this.#db, pool, found));
    const explained: { shown: Explanation['pools'][number]; isSeen: boolean }[] = [];
    for (const { poolId, weight } of shares) {
      const one = found.find(({ id }) => id === poolId);
      if (!one) continue;
      const is_served = compilePool(one, this.#keys) !== null;
      const members = await this.#candidates(one.id);
      const shown = { id: one.id, name: one.name, weight, is_served, members };
      explained.push({ shown, isSeen: seen.has(one) });
    }
    return explained;
  }

  /** The members that may be picked: those that stand by only while nobody else may. */
  async #candidates(poolId: string): Promise<Explanation['pools'][number]['members']> {
    const members = await findBy(this.#db, member, 'pool_id', [poolId]);
    const able = members
      .map((record) => ({ record, compiled: compileMember(record) }))
      .filter(({ compiled }) => compiled.healthy && compiled.weight > 0);
    const first = able.filter(({ compiled }) => !compiled.standby);
    return (first.length > 0 ? first : able).map(({ record }) => {
      const { id, name, address, protocol_port, weight } = record;
      return { id, name, address, protocol_port, weight };
    });
  }
}

function whyNotApplied({ provisioning_status, redirect_listener_id }: L7Policy): string {
  if (provisioning_status === 'ERROR')
    return 'It is in ERROR: an older policy of the listener has the same rules.';
  if (redirect_listener_id !== null) return 'The listener that it redirects to is not there.';
  return 'It has no rules yet, so it is for no request.';
}

function outcomeOf(
  action: PolicyAction | null,
  pools: Explanation['pools'],
): Pick<Explanation, 'outcome' | 'status'> {
  if (action !== null && action.kind !== 'forward') return { outcome: action.kind, status: action.status };
  const somebodyMay = pools.some(({ weight, is_served, members }) => {
    return weight > 0 && is_served && members.length > 0;
  });
  return somebodyMay ? { outcome: 'forward', status: null } : { outcome: 'answer', status: 503 };
}
