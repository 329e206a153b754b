/** Who makes changes: noted with each of them, and known through everything that a call awaits. */

export interface Origin {
  /** Null for what Elbow does by itself. */
  readonly user: { readonly id: string; readonly name: string } | null;
  /** The address that the call came from; null when there was no call. */
  readonly address: string | null;
  readonly requestId: string | null;
  /** The operation that was called, as `UpdateMember`, or the task of Elbow's own; null when nobody said. */
  readonly operationId: string | null;
}

/** The origin of what Elbow does by itself. */
export function ownOrigin(task: string | null): Origin {
  return { user: null, address: null, requestId: null, operationId: task };
}
