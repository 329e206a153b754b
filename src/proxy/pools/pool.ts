import { isDeepStrictEqual } from 'node:util';
import type {
  ConnectionIdSlice,
  MemberConfiguration,
  PoolConfiguration,
} from '../../dataplane/configuration.ts';
import type { TrafficCounters } from '../counters/traffic-counters.ts';
import { createSelection, type Selection } from '../selection/selection.ts';
import { MemberSessions } from '../sessions/member-sessions.ts';
import { Member } from './member.ts';
import { plainTransport } from './member-transport.ts';
import { TlsTransport } from './tls-transport.ts';

/** A pool as it runs: its members and the selections among those that may get something new. */
export class Pool {
  #configuration: PoolConfiguration;
  #sessions: MemberSessions | null;
  readonly #counters: TrafficCounters;
  /** What no member has a part in. */
  readonly counts: Float64Array;
  #selection: Selection<Member>;
  /** Of those that stand by; most pools have none. */
  #standbys: Selection<Member>;
  readonly #members = new Map<string, Member>();
  /** Those that may get something new, and whether they stand by. */
  readonly #eligible = new Map<Member, boolean>();

  constructor(configuration: PoolConfiguration, counters: TrafficCounters) {
    this.#configuration = configuration;
    this.#counters = counters;
    this.counts = counters.pool(configuration.id);
    this.#sessions = configuration.sessions && new MemberSessions(configuration.sessions);
    this.#selection = createSelection<Member>(configuration.algorithm);
    this.#standbys = createSelection<Member>(configuration.algorithm);
  }

  get id(): string {
    return this.#configuration.id;
  }

  /** What of a QUIC connection id members are chosen by; null when they are chosen otherwise. */
  get connectionIdSlice(): ConnectionIdSlice | null {
    return this.#configuration.connectionIdSlice;
  }

  member(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** Null when any member may serve any request. */
  get sessions(): MemberSessions | null {
    return this.#sessions;
  }

  get memberIds(): Iterable<string> {
    return this.#members.keys();
  }

  /** Takes a changed configuration; only another algorithm, or other sessions, cost more than a write. */
  reconfigure(configuration: PoolConfiguration): void {
    const changesAlgorithm = configuration.algorithm !== this.#configuration.algorithm;
    const changesSessions = !isDeepStrictEqual(configuration.sessions, this.#configuration.sessions);
    this.#configuration = configuration;
    if (changesSessions) {
      this.#sessions = configuration.sessions && new MemberSessions(configuration.sessions);
      for (const member of this.#members.values()) this.#sessions?.add(member);
    }
    if (!changesAlgorithm) return;
    this.#selection = createSelection<Member>(configuration.algorithm);
    this.#standbys = createSelection<Member>(configuration.algorithm);
    for (const [member, standby] of this.#eligible) member.enlist(this.#among(standby), member.weight);
  }

  /** Creates or changes a member. One that moved to another address or port is a new one. */
  putMember(configuration: MemberConfiguration): void {
    let member = this.#members.get(configuration.id);
    if (member !== undefined && !isAt(member, configuration)) {
      this.removeMember(configuration.id);
      member = undefined;
    }
    if (member === undefined) {
      const { protocol, tls } = this.#configuration;
      const transport = tls ? new TlsTransport(protocol === 'http') : plainTransport;
      member = new Member(configuration, transport, this.#counters.member(configuration.id, this.id));
      this.#members.set(configuration.id, member);
      this.#sessions?.add(member);
    }
    const { standby, weight, healthy } = configuration;
    member.isHealthy = healthy;
    if (!healthy || weight === 0) {
      member.delist();
      this.#eligible.delete(member);
    } else if (!member.isEnlisted(this.#among(standby), weight)) {
      member.enlist(this.#among(standby), weight);
      this.#eligible.set(member, standby);
    }
  }

  /** The member gets nothing new and finishes what it has; its waiting connections are closed. */
  removeMember(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    this.#eligible.delete(member);
    this.#sessions?.remove(member);
    member.isHealthy = false;
    member.delist();
    member.idle.close();
  }

  /** Removes every member. */
  clear(): void {
    for (const id of [...this.#members.keys()]) this.removeMember(id);
  }

  /**
   * The member for the next request, connection or session of a client, or undefined when none is left.
   *
   * @param clientKey the text by which the client is known: its address, or part of a connection id
   */
  pick(clientKey: string, tried: ReadonlySet<Member> | undefined): Member | undefined {
    return this.#selection.pick(clientKey, tried) ?? this.#standbys.pick(clientKey, tried);
  }

  #among(standby: boolean): Selection<Member> {
    return standby ? this.#standbys : this.#selection;
  }
}

function isAt(member: Member, configuration: MemberConfiguration): boolean {
  return member.address === configuration.address && member.port === configuration.port;
}
