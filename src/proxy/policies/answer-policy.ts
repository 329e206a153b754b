import type { PolicyCandidate } from '../../dataplane/matching/policy-matcher.ts';
import type { AnswerAction } from '../../dataplane/policy-configuration.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { HeaderEditor } from './header-editor.ts';
import { answerStatus, editedFields } from './own-answers.ts';
import type { Policy, Surroundings } from './policy.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Route } from './route.ts';

/** Answers in the place of members. */
export class AnswerPolicy implements Policy {
  readonly #action: AnswerAction;
  readonly #body: Buffer;
  readonly #editor: HeaderEditor | null;
  readonly #limiter: RateLimiter | null;

  constructor(action: AnswerAction) {
    this.#action = action;
    this.#body = Buffer.from(action.body);
    this.#editor = action.headers && new HeaderEditor(action.headers);
    this.#limiter = action.limit && new RateLimiter(action.limit);
  }

  route(request: IncomingRequest, _found: PolicyCandidate, { plan }: Surroundings): Route {
    if (this.#limiter?.admits(request.clientAddress, performance.now()) === false) return answerStatus(503);
    const { status, contentType } = this.#action;
    const fields = editedFields(`Content-Type: ${contentType}\r\n`, this.#editor, request, plan);
    return { kind: 'answer', answer: { status, fields, body: this.#body } };
  }
}
