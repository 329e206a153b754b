import type { Candidate, Selection } from './contract.ts';
import { type Progress, type Turn, WeightClass } from './weight-class.ts';

/**
 * Smooth weighted round robin.
 *
 * Members of equal weight form a class (weights are 1 to 100, so there are at most 100 of them). Every pick
 * credits each class with its share, `weight × size`, takes a member in turn from the class that is owed most
 * and charges that class the total. After as many picks as the total weight every class has had exactly its
 * share, so every member exactly its weight, and on the way no class is ever a whole pick ahead.
 */
export class RoundRobin<M extends Candidate> implements Selection<M> {
  readonly #turns = new Map<M, Turn<M>>();
  /**
   * Every class the pool has had. One without members sits out and keeps its lag, so that a member that comes
   * and goes gains nothing by it.
   */
  readonly #classes: WeightClass<M>[] = [];
  readonly #firstTries: Progress<M>[] = [];
  readonly #retries: Progress<M>[] = [];
  #totalWeight = 0;

  get size(): number {
    return this.#turns.size;
  }

  add(member: M): void {
    if (this.#turns.has(member)) {
      return;
    }
    const weightClass = this.#classOf(member.weight);
    this.#turns.set(member, weightClass.add(member));
    this.#changeTotal(weightClass.weight);
  }

  remove(member: M): void {
    const turn = this.#turns.get(member);
    if (turn === undefined) {
      return;
    }
    this.#turns.delete(member);
    turn.weightClass.remove(turn);
    this.#changeTotal(-turn.weightClass.weight);
  }

  pick(_clientKey: string, excluded?: ReadonlySet<M>): M | undefined {
    if (excluded === undefined || excluded.size === 0) {
      return charge(this.#firstTries)?.take(undefined);
    }
    this.#changeRetryShares(excluded, -1);
    const member = charge(this.#retries)?.take(excluded);
    this.#changeRetryShares(excluded, 1);
    return member;
  }

  activeChanged(): void {}

  /** Retries are shared among the others as if the excluded were not there. */
  #changeRetryShares(excluded: ReadonlySet<M>, sign: 1 | -1): void {
    for (const member of excluded) {
      const weightClass = this.#turns.get(member)?.weightClass;
      if (weightClass !== undefined) {
        weightClass.retries.share += sign * weightClass.weight;
      }
    }
  }

  #classOf(weight: number): WeightClass<M> {
    let weightClass = this.#classes.find((each) => each.weight === weight);
    if (weightClass === undefined) {
      weightClass = new WeightClass(weight);
      this.#classes.push(weightClass);
      this.#firstTries.push(weightClass.firstTries);
      this.#retries.push(weightClass.retries);
    }
    return weightClass;
  }

  /**
   * Lags are counted in units of the total weight, so they are converted when it changes: otherwise half a pick
   * owed in a pool of 10,000 members would be thousands of picks once two are left.
   */
  #changeTotal(difference: number): void {
    const before = this.#totalWeight;
    this.#totalWeight += difference;
    const scale = before === 0 ? 0 : this.#totalWeight / before;
    for (const { firstTries, retries } of this.#classes) {
      firstTries.lag *= scale;
      retries.lag *= scale;
    }
  }
}

/** Credits all and charges the one that is owed most, which is returned; undefined when nobody has a share. */
function charge<M>(all: readonly Progress<M>[]): Progress<M> | undefined {
  let most: Progress<M> | undefined;
  let total = 0;
  for (const progress of all) {
    if (progress.share > 0) {
      progress.lag += progress.share;
      total += progress.share;
      if (most === undefined || progress.lag > most.lag) {
        most = progress;
      }
    }
  }
  if (most !== undefined) {
    most.lag -= total;
  }
  return most;
}
