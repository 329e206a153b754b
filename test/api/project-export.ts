/** Everything that a project has, as its lists answer it. */
import type { ApiClient } from '../support/api-client.ts';
import { assertDone } from './fixtures.ts';

/** Each with the path of its list. */
const lists = {
  loadbalancers: '/elb/loadbalancers',
  listeners: '/elb/listeners',
  pools: '/elb/pools',
  members: '/elb/members',
  healthmonitors: '/elb/healthmonitors',
  l7policies: '/elb/l7policies',
  rules: '/elb/l7policies/rules',
  logtanks: '/elb/logtanks',
} as const;

type Kind = keyof typeof lists;

type ProjectExport = Readonly<Record<Kind, readonly { readonly id: string }[]>>;

/** Equal for a project before and after what is to leave no trace. */
export async function exportProject(api: ApiClient): Promise<ProjectExport> {
  const exported = {} as Record<Kind, { id: string }[]>;
  for (const [kind, path] of Object.entries(lists) as [Kind, string][]) {
    exported[kind] = assertDone(await api.get(path))[kind];
  }
  return exported;
}

/** How many there are of each kind of which there are any. */
export async function countProject(api: ApiClient): Promise<Partial<Record<Kind, number>>> {
  const counts = Object.entries(await exportProject(api)).map(([kind, records]) => [kind, records.length]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}
