/** What the state machine must know of a resource. A new one is a new file in `resources`, and a line in its list. */
import type fc from 'fast-check';
import type { Call, Command } from './command.ts';
import type { Entry, Kind, World } from './world.ts';

export interface Modelled<E extends Entry = Entry> {
  readonly kind: Kind<E>;
  /** Where all of a project are listed, and the key of the list there. */
  readonly list: string;
  readonly plural: string;
  /** Where one is shown, changed and deleted. */
  readonly at: (entry: E) => string;
  /** A game begins with some of each. */
  readonly create: Weighted;
  readonly commands: readonly Weighted[];
  /** What the answers must say of one: a part of the answer. */
  readonly shown: (world: World, entry: E) => object;
  /** How many of a quota a project has used. */
  readonly used: Readonly<Record<string, (world: World, project: string) => number>>;
  readonly remove: (entry: E) => Call;
  /** Takes away what stands between one and its deletion, when that is a setting of its own. */
  readonly release?: (entry: E) => Call;
}

export interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Command>;
}

/** How references are answered. */
export function references(entries: readonly Entry[]): { id: string }[] {
  return [...new Set(entries.map(({ id }) => id))].sort().map((id) => ({ id }));
}

/** The most that belong to one of the owners. */
export function fullest<T>(owners: readonly Entry[], counted: readonly T[], owner: (each: T) => unknown) {
  return Math.max(0, ...owners.map(({ id }) => counted.filter((each) => owner(each) === id).length));
}
