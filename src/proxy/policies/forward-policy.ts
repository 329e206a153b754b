import type { PolicyCandidate } from '../../dataplane/matching/policy-matcher.ts';
import type { ForwardAction } from '../../dataplane/policy-configuration.ts';
import { editedBlock } from '../http/edited-block.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { CrossOrigin } from './cross-origin.ts';
import { HeaderEditor } from './header-editor.ts';
import { answerStatus } from './own-answers.ts';
import type { Policy, Surroundings } from './policy.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Route } from './route.ts';
import { templateValues, UrlWriter } from './url-writer.ts';
import { WeightedPools } from './weighted-pools.ts';

const nothing: readonly Uint8Array[] = [];
const noBody = Buffer.alloc(0);

/** Sends requests on to pools, changed as the policy says. */
export class ForwardPolicy implements Policy {
  readonly #pools: WeightedPools;
  readonly #url: UrlWriter | null;
  readonly #editor: HeaderEditor | null;
  readonly #limiter: RateLimiter | null;
  readonly #crossOrigin: CrossOrigin | null;

  constructor(action: ForwardAction) {
    this.#pools = new WeightedPools(action);
    this.#url = action.rewrite && new UrlWriter(action.rewrite);
    this.#editor = action.headers && new HeaderEditor(action.headers);
    this.#limiter = action.limit && new RateLimiter(action.limit);
    this.#crossOrigin = action.crossOrigin && new CrossOrigin(action.crossOrigin);
  }

  route(request: IncomingRequest, found: PolicyCandidate, surroundings: Surroundings): Route {
    if (this.#limiter?.admits(request.clientAddress, performance.now()) === false) return answerStatus(503);
    if (this.#crossOrigin?.isPreflight(request)) {
      const fields = this.#crossOrigin.preflightLines(request);
      return { kind: 'answer', answer: { status: 204, fields, body: noBody } };
    }
    const chosen = this.#pools.choose(request);
    const rewritten = this.#rewrite(request, found, surroundings);
    if ('kind' in rewritten) return rewritten;
    return {
      kind: 'forward',
      pool: chosen && surroundings.pools.get(chosen.poolId),
      ...rewritten,
      answerLines: (chosen?.cookieLine ?? '') + (this.#crossOrigin?.answerLines(request) ?? ''),
      replacesCrossOrigin: this.#crossOrigin !== null,
    };
  }

  /** What the member gets for the client's target and headers, or the answer when that would be too long. */
  #rewrite(
    request: IncomingRequest,
    found: PolicyCandidate,
    surroundings: Surroundings,
  ): { readonly target: string | null; readonly block: Buffer | null } | Route {
    if (this.#url === null && this.#editor === null) return { target: null, block: null };
    let target: string | null = null;
    let host: string | null = null;
    if (this.#url !== null) {
      const url = this.#url.write(templateValues(request, found, surroundings));
      if (url === null) return answerStatus(414);
      // RFC 9112 3.2: a target has no fragment; `#` in a pattern stands for itself.
      target = url.target.replaceAll('#', '%23');
      // The host as it was keeps the port that the client named.
      host = url.host === request.host || url.host === '' ? null : url.host;
    }
    const without = this.#editor?.replacedNames ?? nothing;
    const added = this.#editor?.linesFor(request, surroundings.plan) ?? '';
    const isSame = host === null && without.length === 0;
    const block = isSame ? request.forwarded : editedBlock(request.forwarded, { without, added, host });
    return block === null ? answerStatus(431) : { target, block };
  }
}
