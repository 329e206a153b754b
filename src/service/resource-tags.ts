/** The tags of load balancers and listeners, as the tag calls show and change them (rules digest 1.8 and 3.5). */
import { invalid } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { type GivenTag, maxTags, type Tag } from '../model/schemas.ts';
import { distinctTags } from '../store/distinct-tags.ts';
import { update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { requireListener, requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';
import { wholeTags } from './tags.ts';

export type Taggable = 'loadbalancer' | 'listener';

export type TagAction = 'create' | 'delete';

/** Every key that the project's resources of the kind have, with its values. */
export async function listTags(
  { store }: Region,
  projectId: string,
  kind: Taggable,
): Promise<{ key: string; values: string[] }[]> {
  const of = kind === 'listener' ? listener : loadBalancer;
  const byKey = Map.groupBy(await distinctTags(store.reader, of, projectId), ({ key }) => key);
  return [...byKey].map(([key, tags]) => ({ key, values: tags.map(({ value }) => value) }));
}

export async function showTags(
  { store }: Region,
  projectId: string,
  kind: Taggable,
  id: string,
): Promise<readonly Tag[]> {
  const find = kind === 'listener' ? requireListener : requireLoadBalancer;
  return (await find(store.reader, projectId, id)).tags;
}

/**
 * Adds tags, overwriting those with the same key, or removes those with the same key and value. What is there
 * already, or already gone, is no error.
 */
export async function changeTags(
  { store }: Region,
  projectId: string,
  kind: Taggable,
  id: string,
  action: TagAction,
  given: readonly GivenTag[],
): Promise<void> {
  const tags = wholeTags(given, 'tags');
  await store.write(async (tx) => {
    if (kind === 'listener') {
      const before = await requireListener(tx.db, projectId, id);
      const after = changed(before.tags, action, tags);
      if (after) await update(tx, listener, before, stamped(tx, after));
    } else {
      const before = await requireLoadBalancer(tx.db, projectId, id);
      const after = changed(before.tags, action, tags);
      if (after) await update(tx, loadBalancer, before, stamped(tx, after));
    }
  });
}

function stamped({ at }: Writer, tags: Tag[]): { tags: Tag[]; updated_at: string } {
  return { tags, updated_at: timestamp(at) };
}

/** The tags after an action, in the order in which their keys came; null when it changes nothing. */
function changed(before: readonly Tag[], action: TagAction, tags: readonly Tag[]): Tag[] | null {
  const values = new Map(before.map(({ key, value }) => [key, value]));
  for (const { key, value } of tags) {
    if (action === 'create') values.set(key, value);
    else if (values.get(key) === value) values.delete(key);
  }
  if (action === 'create' && values.size > maxTags) {
    throw invalid(
      'tags',
      `there would be ${values.size} tags, expected at most ${maxTags}; delete some first.`,
    );
  }
  const after = [...values].map(([key, value]) => ({ key, value }));
  return JSON.stringify(after) === JSON.stringify(before) ? null : after;
}
