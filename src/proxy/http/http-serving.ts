import type { HttpListenerSettings, ListenerConfiguration } from '../../dataplane/configuration.ts';
import type { PolicyTable } from '../policies/policy-table.ts';
import type { Pool } from '../pools/pool.ts';
import type { Deadlines } from '../time/deadlines.ts';
import type { RequestPlan } from './request-plan.ts';

/** What an HTTP connection needs of the listener it came through; read anew for every request. */
export interface HttpServing {
  readonly configuration: ListenerConfiguration;
  readonly settings: HttpListenerSettings;
  readonly plan: RequestPlan;
  /** Every connection ends with its current exchange. */
  readonly isDraining: boolean;
  readonly deadlines: Deadlines;
  /** Of `listenerCounters`, to be added to. */
  readonly counts: Float64Array;
  /** Null when every request goes to the default pool. */
  readonly policies: PolicyTable | null;
  /** By id. */
  readonly pools: ReadonlyMap<string, Pool>;
  /** The default pool. */
  pool(): Pool | undefined;
  /** Takes a line of the access log, with its end. */
  logAccess(line: string): void;
  /** The connection is over. */
  release(connection: object): void;
}
