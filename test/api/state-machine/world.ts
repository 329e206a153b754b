/**
 * What the model believes there is. It shares nothing with the product: it holds no more than what the rules need
 * that the calls come up against. Its entries are replaced, never changed, so a world is copied by copying its maps.
 */

export interface Entry {
  readonly id: string;
  readonly project: string;
}

export type World = Record<string, Record<string, Entry>>;

export function copyOf(world: World): World {
  return Object.fromEntries(Object.entries(world).map(([kind, entries]) => [kind, { ...entries }]));
}

/** A kind of resource in the world; what another project has is not there. */
export class Kind<E extends Entry> {
  readonly name: string;
  /** A well-formed id of nothing. */
  readonly absent: string;

  constructor(name: string, absent = '00000000-0000-4000-8000-000000000000') {
    this.name = name;
    this.absent = absent;
  }

  /** Of one project, or of all, by ascending id. */
  all(world: World, project?: string): E[] {
    const entries = Object.values(world[this.name] ?? {}) as E[];
    return entries
      .filter((each) => project === undefined || each.project === project)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  find(world: World, project: string, id: string | null | undefined): E | undefined {
    const found = id ? (world[this.name]?.[id] as E | undefined) : undefined;
    return found?.project === project ? found : undefined;
  }

  put(world: World, entry: E): void {
    world[this.name] = { ...world[this.name], [entry.id]: entry };
  }

  remove(world: World, id: string): void {
    const { [id]: _gone, ...rest } = world[this.name] ?? {};
    world[this.name] = rest;
  }
}
