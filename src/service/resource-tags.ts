/** The tags of load balancers, listeners, VPCs and subnets, as the tag calls show and change them (rules digest 1.8 and 3.5). */
import { invalid } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { type GivenTag, maxTags, type Tag } from '../model/schemas.ts';
import { subnet } from '../model/subnet.ts';
import { vpc } from '../model/vpc.ts';
import { type Subject, seenOf } from '../store/access.ts';
import { distinctTags } from '../store/distinct-tags.ts';
import { findBy, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { requireOwnSubnet, requireSubnet } from './networks/subnets.ts';
import { requireOwnVpc, requireVpc } from './networks/vpcs.ts';
import { requireListener, requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';
import { wholeTags } from './tags.ts';

export type Taggable = 'loadbalancer' | 'listener' | 'vpc' | 'subnet';

export type TagAction = 'create' | 'delete';

/** What a resource with tags has in common with the others. */
interface Tagged {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly Tag[];
}

/** A tag with one of the values, or with any when there are none. */
export interface WantedTag {
  readonly key: string;
  readonly values: readonly string[];
}

/** What the calls of tags do with the resources of a kind. */
interface Kind {
  readonly all: (db: Reader, projectId: string) => Promise<readonly Tagged[]>;
  readonly distinct: (db: Reader, projectId: string) => Promise<Tag[]>;
  readonly tags: (db: Reader, region: Region, projectId: string, id: string) => Promise<readonly Tag[]>;
  /** @param change null for what changes nothing */
  readonly change: (
    tx: Writer,
    region: Region,
    projectId: string,
    id: string,
    change: (before: readonly Tag[]) => Tag[] | null,
  ) => Promise<void>;
}

type Find<T> = (db: Reader, region: Region, projectId: string, id: string) => Promise<T>;

type TaggedFields = Fields & { readonly tags: (typeof loadBalancer)['fields']['tags'] };

function kindOf<F extends TaggedFields>(
  of: Resource<F>,
  find: Find<RecordOf<F> & { id: string; project_id: string }>,
  findToChange = find,
): Kind {
  return {
    all: async (db, projectId) =>
      seenOf(db, of, (await findBy(db, of, 'project_id', [projectId])) as unknown as (Tagged & Subject)[]),
    distinct: (db, projectId) => distinctTags(db, of, projectId),
    tags: async (db, region, projectId, id) => (await find(db, region, projectId, id)).tags as Tag[],
    change: async (tx, region, projectId, id, change) => {
      const before = await findToChange(tx.db, region, projectId, id);
      const after = change(before.tags as Tag[]);
      if (!after) return;
      await update(tx, of, before, stamped(tx, after) as unknown as Partial<RecordOf<F>>);
    },
  };
}

const kinds: Readonly<Record<Taggable, Kind>> = {
  loadbalancer: kindOf(loadBalancer, (db, _, projectId, id) => requireLoadBalancer(db, projectId, id)),
  listener: kindOf(listener, (db, _, projectId, id) => requireListener(db, projectId, id)),
  vpc: kindOf(vpc, requireVpc, requireOwnVpc),
  subnet: kindOf(subnet, requireSubnet, (db, region, projectId, id) =>
    requireOwnSubnet(db, region, projectId, id),
  ),
};

/** Every key that the project's resources of the kind have, with its values. */
export async function listTags(
  { store }: Region,
  projectId: string,
  kind: Taggable,
): Promise<{ key: string; values: string[] }[]> {
  const byKey = Map.groupBy(await kinds[kind].distinct(store.reader, projectId), ({ key }) => key);
  return [...byKey].map(([key, tags]) => ({ key, values: tags.map(({ value }) => value) }));
}

/** The project's resources of the kind that have every one of the tags, and the name if one is given. */
export async function findTagged(
  { store }: Region,
  projectId: string,
  kind: Taggable,
  wanted: readonly WantedTag[],
  name?: string,
): Promise<Tagged[]> {
  const all = await kinds[kind].all(store.reader, projectId);
  return all.filter(
    (each) =>
      (name === undefined || each.name === name) &&
      wanted.every(({ key, values }) =>
        each.tags.some((tag) => tag.key === key && (values.length === 0 || values.includes(tag.value))),
      ),
  );
}

export async function showTags(
  region: Region,
  projectId: string,
  kind: Taggable,
  id: string,
): Promise<readonly Tag[]> {
  return kinds[kind].tags(region.store.reader, region, projectId, id);
}

/**
 * Adds tags, overwriting those with the same key, or removes those with the same key and value. What is there
 * already, or already gone, is no error.
 */
export async function changeTags(
  region: Region,
  projectId: string,
  kind: Taggable,
  id: string,
  action: TagAction,
  given: readonly GivenTag[],
): Promise<void> {
  const tags = wholeTags(given, 'tags');
  await region.store.write((tx) =>
    kinds[kind].change(tx, region, projectId, id, (before) => changed(before, action, tags)),
  );
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
