/** The policies of the listeners of an apply, with their rules. */
import type { PolicyEntry } from '../../model/graph.ts';
import { l7Policy } from '../../model/l7-policy.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { requireListener } from '../references.ts';
import type { Application, Replaced } from './application.ts';
import type { ListenerApplication, ListenerWanted } from './apply-listeners.ts';
import { applyRules } from './apply-rules.ts';
import { differences } from './entries.ts';
import {
  nameOf,
  type PolicyPlan,
  type PolicyThere,
  type PolicyWanted,
  planPolicies,
} from './policy-plans.ts';
import { policyFields } from './records.ts';

export interface PolicyApplication {
  /** Removes those that the document does not have, those of listeners that go, and those that lead to what goes. */
  readonly remove: () => Promise<void>;
  /** Changes and makes the others, once all that they lead to is there. */
  readonly make: () => Promise<void>;
}

/** The pools and listeners of the document that are there must be bound already. */
export function applyPolicies(
  db: Reader,
  listeners: ListenerApplication,
  goingPools: ReadonlySet<string>,
  application: Application,
): PolicyApplication {
  const going = { pools: goingPools, listeners: new Set(listeners.gone.map(({ record }) => record.id)) };
  const plans = [
    ...listeners.pairs.map(({ there, wanted }) => ({
      listener: wanted,
      ...planPolicies(application, there.parts, wanted.asked.l7policies ?? [], going),
    })),
    ...listeners.fresh.map((wanted) => ({
      listener: wanted,
      ...planPolicies(application, null, wanted.asked.l7policies ?? [], going),
    })),
  ];
  return {
    remove: async () => {
      for (const { parts } of listeners.gone) {
        for (const { policy } of parts.policies) {
          await application.drop('l7policy', nameOf(policy), parts.listener.id, policy.id);
        }
      }
      for (const { listener, gone, replaced } of plans) {
        for (const { parts } of [...gone, ...replaced.map(({ there }) => there)]) {
          await application.drop('l7policy', nameOf(parts.policy), listener.id, parts.policy.id);
        }
      }
    },
    make: async () => {
      for (const { listener, ...plan } of plans) {
        await new ListenerPolicies(db, application, listener).apply(plan);
      }
    },
  };
}

/** The policies of one listener that is there by now. */
class ListenerPolicies {
  readonly #db: Reader;
  readonly #application: Application;
  readonly #listener: ListenerWanted;
  /** What the document says of each policy that is there by now. */
  readonly #entries = new Map<string, PolicyEntry>();

  constructor(db: Reader, application: Application, listener: ListenerWanted) {
    this.#db = db;
    this.#application = application;
    this.#listener = listener;
  }

  async apply({ kept, replaced, fresh }: PolicyPlan): Promise<void> {
    for (const { there, wanted } of kept) await this.#change(there, wanted);
    await this.#prioritize(kept);
    const makings = [
      ...replaced.map(({ there, wanted }) => ({ wanted, replaced: this.#replacing(there, wanted) })),
      ...fresh.map((wanted) => ({ wanted, replaced: null })),
    ];
    // Those that may have any priority get one behind the others.
    const isFree = (entry: PolicyEntry) => (entry['priority'] === undefined ? 1 : 0);
    const inOrder = makings.toSorted(
      (a, b) => isFree(a.wanted.entry) - isFree(b.wanted.entry) || a.wanted.index - b.wanted.index,
    );
    for (const each of inOrder) await this.#make(each.wanted.entry, each.replaced);
    await this.#revive();
  }

  async #change({ parts, entry }: PolicyThere, wanted: PolicyWanted): Promise<void> {
    const { policy, rules } = parts;
    this.#entries.set(policy.id, wanted.entry);
    // Priorities follow, all at once.
    const present = { id: policy.id, entry: { ...entry, priority: undefined } };
    const asked = { ...wanted.entry, priority: undefined };
    await this.#application.change('l7policy', nameOf(wanted.entry), this.#listener.id, present, asked);
    await applyRules(this.#application, policy.id, rules, wanted.entry.rules ?? []);
  }

  async #prioritize(kept: PolicyPlan['kept']): Promise<void> {
    const present = new Map((await this.#policies()).map(({ id, priority }) => [id, priority]));
    const changes = kept.flatMap(({ there, wanted }) => {
      const { id } = there.parts.policy;
      const [before, after] = [present.get(id), wanted.entry['priority'] ?? undefined];
      if (after === undefined || after === before) return [];
      return [{ id, name: nameOf(wanted.entry), priority: { before, after } }];
    });
    await this.#application.prioritize(this.#listener.key, changes);
  }

  async #make(entry: PolicyEntry, replaced: Replaced | null): Promise<void> {
    const { id } = this.#listener;
    this.#entries.set(await this.#application.make('l7policy', nameOf(entry), id, entry, replaced), entry);
  }

  #replacing(there: PolicyThere, { entry }: PolicyWanted): Replaced {
    const wanted = this.#application.wanted('l7policy', nameOf(entry), entry);
    const fields = differences('l7policy', there.entry, wanted);
    return { replaces: there.parts.policy.id, fields };
  }

  /**
   * Makes those anew that are without effect because of a policy that is gone: nothing else brings them back
   * (rules digest L7-7).
   */
  async #revive(): Promise<void> {
    const byRules = Map.groupBy(await this.#policies(), ({ rule_set }) => rule_set);
    for (const [rules, policies] of byRules) {
      if (rules === null || policies.some(({ provisioning_status }) => provisioning_status === 'ACTIVE'))
        continue;
      const [first] = policies;
      const entry = first && this.#entries.get(first.id);
      if (!entry) continue;
      const { project_id, listener_id, id, provisioning_status: before } = first;
      const owner = await requireListener(this.#db, project_id, listener_id);
      await this.#application.drop('l7policy', nameOf(entry), listener_id, id);
      const { priority } = policyFields(owner, first);
      const fields = { provisioning_status: { before, after: 'ACTIVE' } };
      await this.#make({ ...entry, priority }, { replaces: id, fields });
    }
  }

  #policies() {
    return findBy(this.#db, l7Policy, 'listener_id', [this.#listener.id]);
  }
}
