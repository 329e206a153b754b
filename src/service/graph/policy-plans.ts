/** What becomes of the policies of a listener: which of them are there, and which of those can stay. */
import type { PolicyEntry } from '../../model/graph.ts';
import type { L7Policy } from '../../model/l7-policy.ts';
import { poolIdsOf } from '../policy-pools.ts';
import type { Application } from './application.ts';
import { contentOf, gistOf, textOf } from './content.ts';
import { canonical } from './entries.ts';
import type { ListenerParts, PolicyParts } from './graph.ts';
import { pair } from './pairing.ts';
import { policyFields } from './records.ts';

interface Side {
  readonly action: string;
  readonly name: string;
  readonly priority: unknown;
  readonly content: string;
  readonly gist: string;
  readonly rules: string;
}

export interface PolicyThere extends Side {
  readonly parts: PolicyParts;
  readonly entry: PolicyEntry;
}

export interface PolicyWanted extends Side {
  readonly index: number;
  /** As the document has it. */
  readonly entry: PolicyEntry;
}

interface Paired {
  readonly there: PolicyThere;
  readonly wanted: PolicyWanted;
}

export interface PolicyPlan {
  readonly kept: readonly Paired[];
  /** Those that cannot become what is wanted, or that lead to what goes: they are made anew. */
  readonly replaced: readonly Paired[];
  readonly gone: readonly PolicyThere[];
  readonly fresh: readonly PolicyWanted[];
}

/** The ids of what goes. */
export interface Going {
  readonly pools: ReadonlySet<string>;
  readonly listeners: ReadonlySet<string>;
}

/** @param there null for a listener that is not there yet */
export function planPolicies(
  application: Application,
  there: ListenerParts | null,
  entries: readonly PolicyEntry[],
  going: Going,
): PolicyPlan {
  const { pairs, gone, fresh } = pair<PolicyThere, PolicyWanted, Side>(
    there?.policies.map((each) => thereOf(application, there, each)) ?? [],
    entries.map((entry, index) => wantedOf(application, entry, index)),
    [
      ({ content }) => content,
      ({ gist, rules }) => textOf([gist, rules]),
      ({ action, name }) => (name ? textOf([action, name]) : null),
      // All redirects to listeners are for every request.
      ({ action, rules }) =>
        rules !== none || action === 'REDIRECT_TO_LISTENER' ? textOf([action, rules]) : null,
      ({ gist }) => gist,
      ({ action, priority }) => (priority === undefined ? null : textOf([action, priority])),
    ],
  );
  const cannotStay = (each: Paired) => leadsTo(each.there.parts.policy, going) || losesPool(each);
  return {
    kept: pairs.filter((each) => !cannotStay(each)),
    replaced: pairs.filter(cannotStay),
    gone,
    fresh,
  };
}

function thereOf(application: Application, { listener }: ListenerParts, parts: PolicyParts): PolicyThere {
  const { policy } = parts;
  const rules = parts.rules.map((each) => canonical('rule', each));
  const entry = { ...application.there('l7policy', policyFields(listener, policy)), rules };
  return { parts, entry, ...sideOf(entry) };
}

function wantedOf(application: Application, entry: PolicyEntry, index: number): PolicyWanted {
  const { rules = [] } = entry;
  return { index, entry, ...sideOf({ ...application.wanted('l7policy', nameOf(entry), entry), rules }) };
}

function sideOf(entry: PolicyEntry): Side {
  const { rules = [] } = entry;
  return {
    action: String(entry['action']),
    name: String(entry['name'] ?? ''),
    priority: entry['priority'],
    content: contentOf('l7policy', entry),
    gist: gistOf('l7policy', entry),
    rules: textOf(rules.map((each) => textOf(canonical('rule', each))).sort()),
  };
}

/** The text of no rules. */
const none = textOf([]);

function leadsTo(policy: L7Policy, { pools, listeners }: Going): boolean {
  const { redirect_listener_id } = policy;
  if (redirect_listener_id !== null && listeners.has(redirect_listener_id)) return true;
  return [...poolIdsOf(policy)].some((id) => pools.has(id));
}

/** No update takes a policy's redirect_pool_id away. */
function losesPool({ there, wanted }: Paired): boolean {
  return there.parts.policy.redirect_pool_id !== null && !wanted.entry['redirect_pool_id'];
}

/** Policies have often no names, and then are called by what they do. */
export function nameOf(policy: Readonly<Record<string, unknown>>): string {
  return String(policy['name'] || policy['action']);
}
