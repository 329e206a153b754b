import type { ConnectionIdSlice } from '../../dataplane/configuration.ts';
import { type ConnectionId, longHeaderIds, shortHeaderId } from './quic-packet.ts';

/** The ids that members have given their QUIC connections, and which member each leads to. */
export interface LearntId {
  readonly poolId: string;
  readonly id: ConnectionId;
  readonly memberId: string;
}

/** More are not remembered; the one that was used longest ago goes first. A connection gives a handful. */
const MAX_REMEMBERED = 200_000;

/** The longest id of QUIC's first version (RFC 9000 section 17.2), and the longest slice. */
const MAX_LENGTH = 20;

/**
 * Leads the packets of a QUIC connection to the member that it began with, whatever address its client has by now.
 *
 * A client chooses the first connection id itself, and the member another one for all that follows: it is learnt from
 * the member's own first packets. What nobody has learnt goes by the bytes of the id that the pool names, in which
 * members may write what they are to be known by.
 */
export class ConnectionIds {
  readonly #members = new Map<string, string>();
  /** The lengths of the ids learnt for each pool: a short header does not tell how long its own is. */
  readonly #lengths = new Map<string, Set<number>>();
  readonly #onLearnt: (learnt: LearntId) => void;

  /** @param onLearnt told what other workers need to know too */
  constructor(onLearnt: (learnt: LearntId) => void) {
    this.#onLearnt = onLearnt;
  }

  /** Takes note of the id that a member has given itself, if its packet says one. */
  learnFrom(packet: Buffer, poolId: string, memberId: string): void {
    const id = longHeaderIds(packet)?.source;
    if (!id || this.#members.get(keyOf(poolId, id)) === memberId) return;
    const learnt = { poolId, id, memberId };
    this.add(learnt);
    this.#onLearnt(learnt);
  }

  /** Takes note of what another worker has learnt. */
  add({ poolId, id, memberId }: LearntId): void {
    const key = keyOf(poolId, id);
    this.#members.delete(key);
    if (this.#members.size >= MAX_REMEMBERED) {
      const [oldest] = this.#members.keys();
      if (oldest !== undefined) this.#members.delete(oldest);
    }
    this.#members.set(key, memberId);
    const lengths = this.#lengths.get(poolId);
    if (lengths === undefined) this.#lengths.set(poolId, new Set([id.length]));
    else lengths.add(id.length);
  }

  /** The id of the member that a client's packet belongs to, if its connection is known. */
  memberOf(packet: Buffer, poolId: string): string | undefined {
    const long = longHeaderIds(packet);
    if (long) return this.#use(poolId, long.destination);
    for (const length of this.#lengths.get(poolId) ?? []) {
      const id = shortHeaderId(packet, length);
      const memberId = id === null ? undefined : this.#use(poolId, id);
      if (memberId !== undefined) return memberId;
    }
    return undefined;
  }

  #use(poolId: string, id: ConnectionId): string | undefined {
    const key = keyOf(poolId, id);
    const memberId = this.#members.get(key);
    if (memberId === undefined) return undefined;
    this.#members.delete(key);
    this.#members.set(key, memberId);
    return memberId;
  }
}

function keyOf(poolId: string, id: ConnectionId): string {
  return `${poolId} ${id}`;
}

/** The bytes of a packet's connection id by which its member is chosen; null when it has not so many. */
export function sliceOf(packet: Buffer, { offset, length }: ConnectionIdSlice): string | null {
  const id =
    longHeaderIds(packet)?.destination ?? shortHeaderId(packet, Math.min(offset + length, MAX_LENGTH));
  const slice = id?.slice(offset, offset + length) ?? '';
  return slice === '' ? null : slice;
}
