import type { MemberConfiguration } from '../../dataplane/configuration.ts';
import type { MemberConnection } from '../http/member-connection.ts';
import type { Candidate, Selection } from '../selection/selection.ts';
import { IdleConnections } from './idle-connections.ts';
import type { MemberTransport } from './member-transport.ts';

/** The running state of one member of one pool. */
export class Member implements Candidate {
  readonly id: string;
  readonly address: string;
  /** 0 stands for the listener's port. */
  readonly port: number;
  readonly transport: MemberTransport;
  readonly counts: Float64Array;
  weight: number;
  active = 0;
  /** Whether it may be sent anything: one of weight 0 still serves the clients that belong to it. */
  isHealthy: boolean;
  /** HTTP connections to the member that wait for a request. */
  readonly idle = new IdleConnections<MemberConnection>();
  /** The selection that may pick this member; null while it gets nothing new. */
  #selection: Selection<Member> | null = null;

  /** @param counts of `memberCounters`, to be added to */
  constructor(configuration: MemberConfiguration, transport: MemberTransport, counts: Float64Array) {
    this.counts = counts;
    this.id = configuration.id;
    this.address = configuration.address;
    this.port = configuration.port;
    this.weight = configuration.weight;
    this.transport = transport;
    this.isHealthy = configuration.healthy;
  }

  /** Where a client of the listener on `listenerPort` is served. */
  portFor(listenerPort: number): number {
    return this.port === 0 ? listenerPort : this.port;
  }

  /** From now on this selection may pick the member, by this weight. */
  enlist(selection: Selection<Member>, weight: number): void {
    this.delist();
    this.weight = weight;
    this.#selection = selection;
    selection.add(this);
  }

  /** Nothing new from now on; what is in progress goes on. */
  delist(): void {
    this.#selection?.remove(this);
    this.#selection = null;
  }

  isEnlisted(selection: Selection<Member>, weight: number): boolean {
    return this.#selection === selection && this.weight === weight;
  }

  /** Counts a request or connection in; every call is matched by one of finish(). */
  begin(): void {
    this.active += 1;
    this.#selection?.activeChanged(this);
  }

  finish(): void {
    this.active -= 1;
    this.#selection?.activeChanged(this);
  }
}
