/** A member's place in the ring of its weight class. */
export class Turn<M> {
  readonly member: M;
  readonly weightClass: WeightClass<M>;
  previous: Turn<M> = this;
  next: Turn<M> = this;

  constructor(member: M, weightClass: WeightClass<M>) {
    this.member = member;
    this.weightClass = weightClass;
  }
}

/** How far one kind of pick has come in a class. */
export class Progress<M> {
  /** What the class is owed, in picks times the total weight of the pool; negative when it has had too much. */
  lag = 0;
  /** What every pick of this kind credits it with: the weight of its members that may be picked. */
  share = 0;
  /** Whose turn is next; undefined when the class has no members. */
  next: Turn<M> | undefined;

  /** Takes the first member in turn that is not excluded, going round once at most. */
  take(excluded: ReadonlySet<M> | undefined): M | undefined {
    const first = this.next;
    let turn = first;
    while (turn !== undefined) {
      if (!excluded?.has(turn.member)) {
        this.next = turn.next;
        return turn.member;
      }
      turn = turn.next === first ? undefined : turn.next;
    }
    return undefined;
  }
}

/**
 * The members of a pool that have the same weight, taken strictly in turn.
 *
 *     firstTries.next ──▶ c ─▶ d ─▶ a ─▶ b ─┐     whoever joins is put before `firstTries.next`:
 *                         ▲                 │     behind everybody else
 *                         └─────────────────┘
 */
export class WeightClass<M> {
  readonly weight: number;
  readonly firstTries = new Progress<M>();
  /**
   * Retries have turns of their own. If a retry used up the turn of the member it goes to, then of two members a
   * dead one would be next again for every request: "dead, other" is a whole round.
   */
  readonly retries = new Progress<M>();

  constructor(weight: number) {
    this.weight = weight;
  }

  add(member: M): Turn<M> {
    const turn = new Turn(member, this);
    const { next } = this.firstTries;
    if (next === undefined) {
      this.firstTries.next = turn;
      this.retries.next = turn;
    } else {
      turn.previous = next.previous;
      turn.next = next;
      next.previous.next = turn;
      next.previous = turn;
    }
    this.firstTries.share += this.weight;
    this.retries.share += this.weight;
    return turn;
  }

  remove(turn: Turn<M>): void {
    const after = turn.next === turn ? undefined : turn.next;
    for (const progress of [this.firstTries, this.retries]) {
      progress.share -= this.weight;
      if (progress.next === turn) {
        progress.next = after;
      }
    }
    turn.previous.next = turn.next;
    turn.next.previous = turn.previous;
  }
}
