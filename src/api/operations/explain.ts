/** Why a request goes where it goes. */
import { Type } from 'typebox';
import { notFound } from '../../model/errors.ts';
import { checkExplainRequest, ExplainRequest, Explanation } from '../../model/explanation.ts';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';

/** Who knows what the proxies would do with a request. */
export interface ExplanationSource {
  /** Undefined when none of the projects has such a listener. */
  explain(
    projectIds: ReadonlySet<string>,
    listenerId: string,
    request: ExplainRequest,
  ): Promise<Explanation | undefined>;
}

export function explainOperation(source: ExplanationSource): Operation {
  return {
    id: 'ExplainRequest',
    action: 'elbow:listeners:explain',
    method: 'POST',
    path: '/elbow/v1/listeners/{listener_id}/explain',
    group: 'Elbow',
    summary: 'Say what a listener would do with a request, and why, without sending anything',
    body: ExplainRequest,
    answer: Type.Object({ explanation: described('What it would meet.', Explanation) }),
    status: 200,
    handle: async ({ params: { listener_id = '' }, caller, body }) => {
      const request = body as ExplainRequest;
      checkExplainRequest(request);
      const explanation = await source.explain(caller.projectIds, listener_id, request);
      if (!explanation) throw notFound('listener', listener_id);
      return { body: { explanation } };
    },
  };
}
