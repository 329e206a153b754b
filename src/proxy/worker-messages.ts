/** What a proxy's main thread and its workers tell each other. */
import type { ConfigurationDelta, ListenerState } from '../dataplane/configuration.ts';

export interface WorkerData {
  readonly index: number;
  readonly bindAny: boolean;
  readonly logLevel: string;
}

export type ToWorker =
  | { readonly kind: 'apply'; readonly delta: ConfigurationDelta }
  | { readonly kind: 'ticket-keys'; readonly keys: Uint8Array }
  | { readonly kind: 'drain'; readonly deadlineMs: number };

export type FromWorker =
  | { readonly kind: 'applied'; readonly revision: number }
  | { readonly kind: 'listener'; readonly state: ListenerState }
  | { readonly kind: 'drained' };
