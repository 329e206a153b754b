/** What an apply does to single parts, and what it keeps of it: the diff, and which id each key stands for. */
import { setImmediate } from 'node:timers/promises';
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
  readonly type: PartName;
  readonly id: string;
  readonly name: string;
  /** What an update changed, or why a part was made anew. References are keys of the document; secrets are left out. */
  readonly fields?: Readonly<Record<string, Difference>>;
  /** The id of the part in whose place this one was made. */
  readonly replaces?: string;
}

/** A part that no call changes as it should be, and that is made anew instead. */
export type Replaced = Required<Pick<AppliedChange, 'replaces' | 'fields'>>;

/** How long an apply works at a time. Other writes wait for its end; everything else is done in between. */
const longestTurnMs = 20;

interface Update extends AppliedChange {
  readonly fields: Record<string, Difference>;
}

export class Application {
  readonly #region: Region;
  readonly #projectId: string;
  readonly #ids = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  /** What each of the parts made is called: nobody knows their ids unless the apply succeeds. */
  readonly #made = new Map<string, string>();
  readonly #changes = new Set<AppliedChange>();
  /** The changes of parts that there are, by what they are of. */
  readonly #updates = new Map<string, Update>();

  #gaveWayAt = performance.now();

  /** @param region the region as the transaction of the apply sees it */
  constructor(region: Region, projectId: string) {
    this.#region = region;
    this.#projectId = projectId;
  }

  /** What has been done, in that order. */
  get changes(): readonly AppliedChange[] {
    const real = [...this.#changes].filter(
      ({ action, fields = {} }) => action !== 'update' || Object.keys(fields).length > 0,
    );
    return real.map(withoutSecrets);
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
      this.#changes.add({ action: 'create', type: kind, id, name: key, ...replaced });
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
      this.#changes.add({ action: 'delete', type: kind, id, name });
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
    const key = `${kind} ${id}`;
    const update: Update = this.#updates.get(key) ?? { action: 'update', type: kind, id, name, fields: {} };
    this.#updates.set(key, update);
    this.#changes.add(update);
    const { fields } = update;
    for (const [field, { before, after }] of Object.entries(found)) {
      const first = Object.hasOwn(fields, field) ? fields[field]?.before : before;
      if (isDeepStrictEqual(first, after)) delete fields[field];
      else fields[field] = { before: first, after };
    }
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
    await this.#giveWay();
    try {
      return await work();
    } catch (error) {
      throw this.#named(kind, key, error);
    }
  }

  /** Queries never wait, so thousands of parts would keep all reads and proxies waiting for seconds. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#gaveWayAt < longestTurnMs) return;
    await setImmediate();
    this.#gaveWayAt = performance.now();
  }

  /** Says in a refusal which part it is about, and calls those that were being made by their keys. */
  #named(kind: PartName, key: string, error: unknown): unknown {
    if (!(error instanceof Refusal) || error.cause instanceof Refusal) return error;
    let { message } = error;
    for (const [id, made] of this.#made) message = message.replaceAll(id, `"${made}"`);
    return new Refusal(error.code, `${parts[kind].of.label} "${key}": ${message}`, { cause: error });
  }
}

function withoutSecrets(change: AppliedChange): AppliedChange {
  if (!change.fields) return change;
  const { fields } = parts[change.type].of;
  const shown = Object.entries(change.fields).filter(([field]) => !fields[field]?.secret);
  return { ...change, fields: Object.fromEntries(shown) };
}
