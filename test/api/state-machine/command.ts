/** Commands: what a caller may try, and what the model says will come of it. */
import fc from 'fast-check';
import type { Entry, Kind, World } from './world.ts';

/** One thing a caller may try. Which resources it is about is settled when it is its turn. */
export interface Command {
  readonly plan: (world: World, project: string) => Call;
}

/** A call with all its ids. */
export interface Call {
  readonly project: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** What the rules say of the call in a world; calls in flight at once meet different ones. */
  readonly expect: (world: World) => Expected;
}

export interface Expected {
  /** The codes of the refusals that fit; the call succeeds when there are none. */
  readonly faults: readonly string[];
  readonly status: number;
  /** Makes the world what the call has made of it; the answer's body tells the new ids. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is read as it comes
  readonly apply: (world: World, answer: any) => void;
}

/** The codes that the model tells apart. */
export const fault = {
  notFound: 'ELB.8904',
  conflict: 'ELB.8907',
  quota: 'ELB.8905',
  invalid: 'ELB.8902',
  noIpTargets: 'ELB.8939',
  needsCertificate: 'ELB.9899',
} as const;

/** The refusals that fit: those whose condition holds. */
export function faultsOf(...conditions: readonly (readonly [boolean, string])[]): string[] {
  return conditions.filter(([holds]) => holds).map(([, code]) => code);
}

/** Which resource a command is about: mostly one of the caller's that fits. */
export interface Pick {
  readonly of: 'fitting' | 'own' | 'foreign' | 'absent';
  readonly at: number;
}

export const pick: fc.Arbitrary<Pick> = fc.record({
  of: fc.oneof(
    { weight: 20, arbitrary: fc.constant('fitting' as const) },
    { weight: 4, arbitrary: fc.constant('own' as const) },
    { weight: 1, arbitrary: fc.constant('foreign' as const) },
    { weight: 1, arbitrary: fc.constant('absent' as const) },
  ),
  at: fc.nat({ max: 30 }),
});

/** The id that a pick comes to; that of nothing when there is nothing to choose from. */
export function idFor<E extends Entry>(
  world: World,
  project: string,
  kind: Kind<E>,
  { of, at }: Pick,
  fits: (entry: E) => boolean = () => true,
): string {
  if (of === 'absent') return kind.absent;
  const foreign = kind.all(world).filter((each) => each.project !== project);
  const own = kind.all(world, project);
  const fitting = own.filter(fits);
  const from = of === 'foreign' ? foreign : of === 'fitting' && fitting.length > 0 ? fitting : own;
  return from[at % Math.max(1, from.length)]?.id ?? kind.absent;
}

/** The same for a reference that a request may leave out: undefined when there is nothing that fits. */
export function idIfAny<E extends Entry>(
  ...[world, project, kind, which, fits]: Parameters<typeof idFor<E>>
): string | undefined {
  const id = idFor(world, project, kind, which, fits);
  return id === kind.absent && which.of === 'fitting' ? undefined : id;
}

/** An arbitrary that is null `one` time in so many. */
export function maybe<T>(arbitrary: fc.Arbitrary<T>, one = 3): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { freq: one - 1, nil: null });
}

/** An arbitrary that is null but for one time in `one`. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>, one = 3): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: one - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** The entries of an object that have a value: a body without what it leaves unsaid. */
export function said(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
