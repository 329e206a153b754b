/** The enterprise projects: the default one, those that the inventory declares, and those that calls have made. */
import {
  defaultEnterpriseProject,
  disabled,
  type EnterpriseProject,
  type EnterpriseProjectRequest,
  enabled,
  isUsableName,
} from '../model/enterprise-project.ts';
import { conflict, invalid, notFound, Refusal } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import { accessOf, type Subject } from '../store/access.ts';
import {
  insertEnterpriseProject,
  madeEnterpriseProject,
  madeEnterpriseProjects,
  updateEnterpriseProject,
} from '../store/enterprise-projects.ts';
import type { Reader } from '../store/transaction.ts';
import type { Inventory } from './inventory.ts';
import { newId } from './new-id.ts';
import { type Region, timestamp } from './region.ts';

const label = 'enterprise project';

/** Whether the caller may have to do with one. */
export type MayIn = (id: string) => boolean;

/** What a list of them asks for. */
export interface EnterpriseProjectQuery {
  readonly id: string | undefined;
  /** What their names have in them, in letters of either case. */
  readonly name: string;
  readonly status: number | undefined;
  readonly sortKey: 'created_at' | 'updated_at' | 'name';
  readonly ascending: boolean;
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of the enterprise projects.
 *
 * @returns also how many there are on all pages
 */
export async function listEnterpriseProjects(
  { store, inventory }: Region,
  mayIn: MayIn,
  { id, name, status, sortKey, ascending, limit, offset }: EnterpriseProjectQuery,
): Promise<{ records: EnterpriseProject[]; total: number }> {
  const all = [...declared(inventory), ...(await made(store.reader, inventory))].filter(
    (each) =>
      mayIn(each.id) &&
      (id === undefined || each.id === id) &&
      (status === undefined || each.status === status) &&
      each.name.toLowerCase().includes(name.toLowerCase()),
  );
  const direction = ascending ? 1 : -1;
  const sorted = all.toSorted((a, b) => direction * (compare(a[sortKey], b[sortKey]) || compare(a.id, b.id)));
  return { records: sorted.slice(offset, offset + limit), total: all.length };
}

/** @throws Refusal (404) the same for one that is not there and one that the caller may not see */
export async function showEnterpriseProject(
  { store, inventory }: Region,
  mayIn: MayIn,
  id: string,
): Promise<EnterpriseProject> {
  const found = mayIn(id) ? await findEnterpriseProject(store.reader, inventory, id) : undefined;
  if (!found) throw notFound(label, id);
  return found;
}

/** Makes one, which can be named as enterprise_project_id at once. */
export async function createEnterpriseProject(
  { store, inventory }: Region,
  { name, description = '', type = 'prod' }: EnterpriseProjectRequest,
): Promise<EnterpriseProject> {
  return store.write(async (tx) => {
    await checkName(tx.db, inventory, name, null);
    const now = timestamp(tx.at);
    const times = { created_at: now, updated_at: now };
    const made = { id: newId(tx.at), name, description, type, status: enabled, ...times };
    await insertEnterpriseProject(tx, made);
    return made;
  });
}

/** Changes the name, and of the rest what is given. */
export async function changeEnterpriseProject(
  region: Region,
  mayIn: MayIn,
  id: string,
  changes: EnterpriseProjectRequest,
): Promise<EnterpriseProject> {
  return region.store.write(async (tx) => {
    await requireMade(tx.db, region.inventory, mayIn, id);
    await checkName(tx.db, region.inventory, changes.name, id);
    await updateEnterpriseProject(tx, id, { ...changes, updated_at: timestamp(tx.at) });
    return requireMade(tx.db, region.inventory, mayIn, id);
  });
}

/** Lets resources be put into one, or no more; what is in it stays. */
export async function switchEnterpriseProject(
  region: Region,
  mayIn: MayIn,
  id: string,
  enable: boolean,
): Promise<void> {
  await region.store.write(async (tx) => {
    await requireMade(tx.db, region.inventory, mayIn, id);
    const status = enable ? enabled : disabled;
    await updateEnterpriseProject(tx, id, { status, updated_at: timestamp(tx.at) });
  });
}

/**
 * Refuses a new resource in an enterprise project in which the caller may not create it, that does not exist, or that
 * is disabled. The first comes first: it tells nobody which there are.
 */
export async function checkEnterpriseProject(
  db: Reader,
  { inventory }: Region,
  of: Resource,
  record: Subject & { readonly enterprise_project_id: string },
): Promise<void> {
  accessOf(db)?.checkWrite(of, record, 'create');
  const { enterprise_project_id: id } = record;
  if (inventory.hasEnterpriseProject(id)) return;
  const found = await madeEnterpriseProject(db, id);
  if (!found) {
    throw new Refusal(
      'ELB.1202',
      `Invalid input for 'enterprise_project_id': there is no enterprise project "${id}"; "0" is the default one.`,
    );
  }
  checkEnabled(found);
}

/** Refuses one that is disabled. */
export function checkEnabled({ id, status }: Pick<EnterpriseProject, 'id' | 'status'>): void {
  if (status !== disabled) return;
  throw conflict(`The enterprise project ${id} is disabled; enable it before anything is put into it.`);
}

async function findEnterpriseProject(
  db: Reader,
  inventory: Inventory,
  id: string,
): Promise<EnterpriseProject | undefined> {
  return declared(inventory).find((each) => each.id === id) ?? madeEnterpriseProject(db, id);
}

/** One that calls may change. */
async function requireMade(
  db: Reader,
  inventory: Inventory,
  mayIn: MayIn,
  id: string,
): Promise<EnterpriseProject> {
  if (mayIn(id) && inventory.hasEnterpriseProject(id)) {
    throw conflict(
      id === defaultEnterpriseProject
        ? `The enterprise project ${id} is the default one, which stays as it is.`
        : `The enterprise project ${id} is one of the inventory; change its file.`,
    );
  }
  const found = mayIn(id) ? await madeEnterpriseProject(db, id) : undefined;
  if (!found) throw notFound(label, id);
  return found;
}

async function checkName(db: Reader, inventory: Inventory, name: string, id: string | null): Promise<void> {
  if (!isUsableName(name)) {
    throw invalid('name', `got "${name}", expected letters, digits, - and _, without the word "default".`);
  }
  const others = [...declared(inventory), ...(await made(db, inventory))];
  const twin = others.find((each) => each.name === name && each.id !== id);
  if (twin) throw conflict(`There is an enterprise project with the name "${name}" already; give another.`);
}

/** What the file declares was never made, and is never changed, by a call. */
const always = '1970-01-01T00:00:00Z';

function declared({ enterpriseProjects }: Inventory): EnterpriseProject[] {
  return [...enterpriseProjects].map(([id, name]) => ({
    id,
    name,
    description: '',
    type: 'prod',
    status: enabled,
    created_at: always,
    updated_at: always,
  }));
}

/** Those that calls have made, but for any that the file has come to declare. */
async function made(db: Reader, inventory: Inventory): Promise<EnterpriseProject[]> {
  return (await madeEnterpriseProjects(db)).filter(({ id }) => !inventory.hasEnterpriseProject(id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
