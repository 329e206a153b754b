/**
 * A member as the selection sees it: the mutable runtime state of one member of one pool.
 */
export interface Candidate {
  readonly id: string;
  /** 1 to 100; a member with weight 0 is never given to a selection. */
  readonly weight: number;
  /** Connections (TCP) or requests (HTTP) in progress. */
  active: number;
}

/**
 * The members of one pool that may be picked, and the rule by which one of them is.
 *
 * Every method is called on the path of a request or a change, never throws, and costs at most O(log n) in the
 * number of members. Adding what is already in, and removing what is not, does nothing. A change of weight is
 * `remove` then `add`.
 */
export interface Selection<M extends Candidate> {
  /** The number of members that may be picked. */
  readonly size: number;
  /** Makes a member eligible. */
  add(member: M): void;
  /** Makes a member no longer eligible; `member` is the same object that was added. */
  remove(member: M): void;
  /**
   * Picks a member, or undefined when none is left.
   *
   * `clientKey` is the text by which the client is known: its address, or part of a connection id. `excluded` holds the members already tried for this
   * request; it is empty or absent but for retries, and a pick may cost time in proportion to its size.
   */
  pick(clientKey: string, excluded?: ReadonlySet<M>): M | undefined;
  /** Says that `member.active` has changed; unknown members are ignored. */
  activeChanged(member: M): void;
}
