/** What a proxy's main thread and its workers tell each other. */
import type { ConfigurationDelta, ListenerState } from '../dataplane/configuration.ts';
import type { TrafficRow } from '../observe/traffic-counts.ts';
import type { LogChunk } from './access-log/line-buffer.ts';

export interface WorkerData {
  readonly index: number;
  readonly bindAny: boolean;
  readonly logLevel: string;
}

export type ToWorker =
  | { readonly kind: 'apply'; readonly delta: ConfigurationDelta }
  | { readonly kind: 'ticket-keys'; readonly keys: Uint8Array }
  /** The access log's last chunk was written, or given up. */
  | { readonly kind: 'logged' }
  | { readonly kind: 'drain'; readonly deadlineMs: number };

export type FromWorker =
  | { readonly kind: 'applied'; readonly revision: number }
  | { readonly kind: 'listener'; readonly state: ListenerState }
  /** Of what has counted since the last such message. */
  | { readonly kind: 'traffic'; readonly rows: readonly TrafficRow[] }
  | { readonly kind: 'access-log'; readonly chunk: LogChunk }
  | { readonly kind: 'drained' };
