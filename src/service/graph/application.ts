/** What an apply does to single parts, and what it keeps of it: the diff, and which id each key stands for. */
import { invalid, Refusal } from '../../model/errors.ts';
import { type Entry, type PartName, parts } from '../../model/graph.ts';
import type { Region } from '../region.ts';
import { canonical, checkMutable, type Difference, differences } from './entries.ts';
import { createPart, removePart, updatePart } from './keepers.ts';
import { renamed } from './references.ts';

/** A part that an apply has made, changed or removed. */
export interface AppliedChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** What an update changed. References are keys of the document; secrets are left out. */
  readonly fields?: Readonly<Record<string, Difference>>;
}

/** A part that is there, as a document would say it. */
export interface There {
  readonly id: string;
  readonly entry: Entry;
}

export class Application {
  readonly #region: Region;
  readonly #projectId: string;
  readonly #ids = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly changes: AppliedChange[] = [];

  /** @param region the region as the transaction of the apply sees it */
  constructor(region: Region, projectId: string) {
    this.#region = region;
    this.#projectId = projectId;
  }

  /** Lets a key of the document stand for an id. */
  bind(kind: PartName, key: string, id: string): void {
    if (key === '') return;
    this.#ids.set(`${kind} ${key}`, id);
    this.#keys.set(`${kind} ${id}`, key);
  }

  isBound(kind: PartName, key: string): boolean {
    return this.#ids.has(`${kind} ${key}`);
  }

  /** A record of the store as the document would say it; what the document has no key for keeps its id. */
  inKeys(kind: PartName, entry: Entry): Entry {
    return renamed(parts[kind], entry, (to, id) => this.#keys.get(`${to} ${id}`) ?? id) as Entry;
  }

  async make(kind: PartName, key: string, parentId: string, entry: Entry): Promise<string> {
    return this.#about(kind, key, async () => {
      const body = this.#inIds(kind, canonical(parts[kind], entry));
      const id = await createPart(kind, this.#region, { projectId: this.#projectId, parentId }, body);
      this.bind(kind, key, id);
      this.changes.push({ action: 'create', type: kind, id, name: key });
      return id;
    });
  }

  async change(kind: PartName, key: string, parentId: string, there: There, entry: Entry): Promise<void> {
    await this.#about(kind, key, async () => {
      const part = parts[kind];
      const found = differences(part, there.entry, canonical(part, entry));
      if (Object.keys(found).length === 0) return;
      checkMutable(part, found);
      const after = Object.fromEntries(Object.entries(found).map(([field, each]) => [field, each.after]));
      const place = { projectId: this.#projectId, parentId };
      await updatePart(kind, this.#region, place, there.id, this.#inIds(kind, after));
      const fields = Object.fromEntries(
        Object.entries(found).filter(([field]) => !part.of.fields[field]?.secret),
      );
      this.changes.push({ action: 'update', type: kind, id: there.id, name: key, fields });
    });
  }

  async drop(kind: PartName, name: string, parentId: string, id: string): Promise<void> {
    await this.#about(kind, name || id, async () => {
      await removePart(kind, this.#region, { projectId: this.#projectId, parentId }, id);
      this.changes.push({ action: 'delete', type: kind, id, name });
    });
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

  /** Says in a refusal which part it is about. */
  async #about<T>(kind: PartName, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `${parts[kind].of.label} "${key}": ${error.message}`, { cause: error });
    }
  }
}
