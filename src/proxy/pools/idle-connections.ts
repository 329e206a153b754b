/** A connection that can wait for its next request. */
export interface IdleConnection {
  readonly port: number;
  /** Whether its socket is gone, though it has not said so yet. */
  readonly isClosed: boolean;
  destroy(): void;
}

/** Idle connections kept per member and worker; beyond it a connection is closed after its response. */
const LIMIT = 256;

/** A member's connections that wait for work. The last one back is the first one out: the rest age and close. */
export class IdleConnections<C extends IdleConnection> {
  #isClosed = false;
  #stack: C[] = [];

  /** Takes a connection to this port, or null when none waits. */
  take(port: number): C | null {
    for (let index = this.#stack.length - 1; index >= 0; index -= 1) {
      const connection = this.#stack[index] as C;
      if (connection.isClosed || connection.port !== port) continue;
      // The last one nearly always fits: only members of any port have several kinds.
      if (index === this.#stack.length - 1) this.#stack.pop();
      else this.#stack.splice(index, 1);
      return connection;
    }
    return null;
  }

  /** Whether the connection was kept; if not, the caller closes it. */
  give(connection: C): boolean {
    if (this.#isClosed || this.#stack.length >= LIMIT) return false;
    this.#stack.push(connection);
    return true;
  }

  /** Forgets a waiting connection that closed. */
  forget(connection: C): void {
    const index = this.#stack.indexOf(connection);
    if (index !== -1) this.#stack.splice(index, 1);
  }

  /** Closes what waits, and keeps nothing from now on. */
  close(): void {
    this.#isClosed = true;
    const waiting = this.#stack;
    this.#stack = [];
    for (const connection of waiting) connection.destroy();
  }
}
