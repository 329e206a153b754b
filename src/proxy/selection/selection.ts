import type { Algorithm } from '../../dataplane/configuration.ts';
import type { Candidate, Selection } from './contract.ts';
import { LeastConnections } from './least-connections.ts';
import { RoundRobin } from './round-robin.ts';
import { SourceIp } from './source-ip.ts';

export type { Candidate, Selection } from './contract.ts';

/** The registry: a new algorithm is one file and one entry here. */
const algorithms: { readonly [A in Algorithm]: <M extends Candidate>() => Selection<M> } = {
  'round-robin': () => new RoundRobin(),
  'least-connections': () => new LeastConnections(),
  'source-ip': () => new SourceIp(),
  // The same agreement among workers and hosts, over part of a connection id instead of an address.
  'connection-id': () => new SourceIp(),
};

/** Creates the empty selection of a pool. */
export function createSelection<M extends Candidate>(algorithm: Algorithm): Selection<M> {
  return algorithms[algorithm]<M>();
}
