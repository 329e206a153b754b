/** Where a request goes. */
import type { OwnAnswer } from '../http/answers.ts';
import type { Pool } from '../pools/pool.ts';

/** To a member of a pool. */
export interface Forwarding {
  readonly kind: 'forward';
  /** Undefined when no proxy can serve the pool: 503. */
  readonly pool: Pool | undefined;
  /** The request target that the member gets; null for the client's own. */
  readonly target: string | null;
  /** The header block that the member gets; null for the one that every request gets. */
  readonly block: Buffer | null;
  /** Header lines that are added to the answer, each with its end. */
  readonly answerLines: string;
  /** Whether what the member says of other origins is replaced by ours. */
  readonly replacesCrossOrigin: boolean;
}

/** To nobody: the proxy answers itself. */
export interface Answering {
  readonly kind: 'answer';
  readonly answer: OwnAnswer;
}

export type Route = Forwarding | Answering;
