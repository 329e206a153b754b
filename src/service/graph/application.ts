/** What an apply does to single parts, and what it keeps of it: the diff, and which id each key stands for. */
import { isDeepStrictEqual } from 'node:util';
import { invalid, Refusal } from '../../model/errors.ts';
import type { Entry } from '../../model/graph.ts';
import { type PartName, parts } from '../../model/graph-parts.ts';
import { updatePriorities } from '../l7-priorities.ts';
import type { Region } from '../region.ts';
import { canonical, checkMutable, creation, type Difference, differences } from './entries.ts';
import type { KeptPart, There } from './keepers.ts';
import { createPart, removePart, updatePart } from './part-changes.ts';
import { renamed } from './references.ts';

/** A part that an apply has made, changed or removed. */
export interface AppliedChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** What an update changed, or why a part was made anew. References are keys of the document; secrets are left out. */
  readonly fields?: Readonly<Record<string, Difference>>;
  /** The id of the part in whose place this one was made. */
  readonly replaces?: string;
}

/** A part that no call changes as it should be, and that is made anew instead. */
export type Replaced = Required<Pick<AppliedChange, 'replaces' | 'fields'>>;

export class Application {
  readonly #region: Region;
  readonly #projectId: string;
  readonly #ids = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  /** What each of the parts made is called: nobody knows their ids unless the apply succeeds. */
  readonly #made = new Map<string, string>();
  readonly #changes: AppliedChange[] = [];

  /** @param region the region as the transaction of the apply sees it */
  constructor(region: Region, projectId: string) {
    this.#region = region;
    this.#projectId = projectId;
  }

  /** What has been done, in that order. */
  get changes(): readonly AppliedChange[] {
    return this.#changes;
  }

  /** Lets a key of the document stand for an id. */
  bind(kind: PartName, key: string, id: string): void {
    if (key === '') return;
    this.#ids.set(`${kind} ${key}`, id);
    // One that two keys stand for is called by the first of them.
    if (!this.#keys.has(`${kind} ${id}`)) this.#keys.set(`${kind} ${id}`, key);
  }

  isBound(kind: PartName, key: string): boolean {
    return this.#ids.has(`${kind} ${key}`);
  }

  /** A record as the document would say it; what the document has no key for keeps its id. */
  there(kind: PartName, record: Readonly<Record<string, unknown>>): Entry {
    return renamed(parts[kind], canonical(kind, record), (to, id) => this.#keys.get(`${to} ${id}`) ?? id);
  }

  /** An entry of the document as `there` would say it, once it is so. */
  wanted(kind: PartName, key: string, entry: Entry): Entry {
    const called = (to: PartName, asked: string) =>
      this.#keys.get(`${to} ${this.#ids.get(`${to} ${asked}`)}`) ?? asked;
    return this.naming(kind, key, () => renamed(parts[kind], canonical(kind, entry), called));
  }

  async make(
    kind: KeptPart,
    key: string,
    parentId: string,
    entry: Entry,
    replaced: Replaced | null = null,
  ): Promise<string> {
    return this.#about(kind, key, async () => {
      const body = this.#inIds(kind, creation(kind, entry));
      const id = await createPart(kind, this.#region, { projectId: this.#projectId, parentId }, body);
      this.bind(parts[kind].keyedAs ?? kind, key, id);
      this.#made.set(id, key);
      this.#changes.push({ action: 'create', type: kind, id, name: key, ...replaced });
      return id;
    });
  }

  async change(kind: KeptPart, key: string, parentId: string, there: There, entry: Entry): Promise<void> {
    await this.#about(kind, key, async () => {
      const found = differences(kind, there.entry, this.wanted(kind, key, entry));
      if (Object.keys(found).length === 0) return;
      checkMutable(kind, found);
      const after = Object.fromEntries(Object.entries(found).map(([field, each]) => [field, each.after]));
      const place = { projectId: this.#projectId, parentId };
      await updatePart(kind, this.#region, place, there, this.#inIds(kind, after));
      this.#noteUpdate(kind, there.id, key, found);
    });
  }

  async drop(kind: KeptPart, name: string, parentId: string, id: string): Promise<void> {
    await this.#about(kind, name || id, async () => {
      await removePart(kind, this.#region, { projectId: this.#projectId, parentId }, id);
      this.#changes.push({ action: 'delete', type: kind, id, name });
    });
  }

  /** Gives policies their priorities all at once, since two of them may change places. */
  async prioritize(
    listenerKey: string,
    wanted: readonly { readonly id: string; readonly name: string; readonly priority: Difference }[],
  ): Promise<void> {
    if (wanted.length === 0) return;
    await this.#about('listener', listenerKey, () =>
      updatePriorities(
        this.#region,
        this.#projectId,
        wanted.map(({ id, priority }) => ({ id, priority: Number(priority.after) })),
      ),
    );
    for (const { id, name, priority } of wanted) this.#noteUpdate('l7policy', id, name, { priority });
  }

  /** What is changed in several steps is said once, as it was at first and is at last. */
  #noteUpdate(kind: PartName, id: string, name: string, found: Readonly<Record<string, Difference>>): void {
    const isSame = (each: AppliedChange) => each.action === 'update' && each.type === kind && each.id === id;
    const index = this.#changes.findIndex(isSame);
    const noted: Record<string, Difference> = { ...this.#changes[index]?.fields };
    for (const [field, { before, after }] of Object.entries(found)) {
      if (parts[kind].of.fields[field]?.secret) continue;
      const first = Object.hasOwn(noted, field) ? noted[field]?.before : before;
      if (isDeepStrictEqual(first, after)) delete noted[field];
      else noted[field] = { before: first, after };
    }
    const change = { action: 'update', type: kind, id, name, fields: noted } as const;
    if (index < 0) this.#changes.push(change);
    else if (Object.keys(noted).length > 0) this.#changes[index] = change;
    else this.#changes.splice(index, 1);
  }

  #inIds(kind: PartName, entry: Entry): Readonly<Record<string, unknown>> {
    return renamed(parts[kind], entry, (to, key) => {
      const id = this.#ids.get(`${to} ${key}`);
      if (id !== undefined) return id;
      throw invalid(
        kind,
        `it refers to the ${parts[to].of.label} "${key}", which the document does not have.`,
      );
    });
  }

  /** Runs work that refuses, and says in the refusal which part it is about. */
  naming<T>(kind: PartName, key: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#named(kind, key, error);
    }
  }

  async #about<T>(kind: PartName, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#named(kind, key, error);
    }
  }

  /** Says in a refusal which part it is about, and calls those that were being made by their keys. */
  #named(kind: PartName, key: string, error: unknown): unknown {
    if (!(error instanceof Refusal) || error.cause instanceof Refusal) return error;
    let { message } = error;
    for (const [id, made] of this.#made) message = message.replaceAll(id, `"${made}"`);
    return new Refusal(error.code, `${parts[kind].of.label} "${key}": ${message}`, { cause: error });
  }
}
