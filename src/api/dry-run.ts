/** The parameter that turns a write into its plan, and how a plan is answered. */
import { Type } from 'typebox';
import { orNull } from '../model/field.ts';
import type { Operation, QueryParameter } from '../model/operation.ts';
import { oneOf } from '../model/schemas.ts';
import { connectionEffects, worst } from '../service/disruption.ts';
import type { Plan } from '../service/plan.ts';
import type { PlannedChange } from '../service/plan-changes.ts';
import { readParameters } from './parameters.ts';

/** What every write takes beside its own parameters. */
export const dryRunParameters = {
  dry_run: {
    schema: Type.Boolean(),
    arity: 'one',
    description: 'true to check the call in full and answer what it would change, without changing anything.',
  },
} as const satisfies Record<string, QueryParameter>;

/** @throws Refusal for a value that is neither true nor false */
export function readDryRun(query: URLSearchParams): boolean {
  const [text] = readParameters(dryRunParameters, query).dry_run;
  return text?.toLowerCase() === 'true';
}

const Fields = Type.Record(Type.String(), Type.Unknown());
const Effect = oneOf(...connectionEffects);
const resource = {
  resource_type: Type.String({ description: 'The kind of resource, as listener.' }),
  resource_id: Type.String({ description: 'Of what is created, one that the call itself will not give.' }),
  parent_id: orNull(Type.String({ description: 'What the resource belongs to, as the pool of a member.' })),
};

/** The answer to a write with dry_run. */
export const PlanBody = Type.Object(
  {
    dry_run: Type.Literal(true),
    would_answer_status: Type.Integer({ description: 'The status of the call without dry_run.' }),
    creates: Type.Array(Type.Object({ ...resource, after: Fields })),
    changes: Type.Array(
      Type.Object({ ...resource, before: Fields, after: Fields }, { description: 'Only what changes.' }),
    ),
    deletes: Type.Array(Type.Object({ ...resource, before: Fields })),
    listeners: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        loadbalancer_id: Type.String(),
        protocol: Type.String(),
        protocol_port: Type.Integer(),
        connections: Effect,
      }),
      { description: 'The listeners that use what is changed, and the worst for their connections.' },
    ),
    disruption: Type.Object({
      connections: {
        ...Effect,
        description:
          'The worst for any established connection. none: they go on; drain: what is in progress is finished; ' +
          'close: they are cut.',
      },
      reasons: Type.Array(
        Type.Object({
          resource_type: resource.resource_type,
          resource_id: Type.String(),
          connections: Effect,
          reason: Type.String(),
          listener_ids: Type.Array(Type.String()),
        }),
      ),
    }),
    request_id: Type.String(),
  },
  { description: 'What the call would do.' },
);

/** The body of the answer, but for its request id. */
export function planBody({ status }: Operation, { changes, listeners, noticed }: Plan): object {
  const of = (operation: PlannedChange['operation']) =>
    changes.filter((each) => each.operation === operation);
  const named = ({ type, id, parent_id }: PlannedChange) => ({
    resource_type: type,
    resource_id: id,
    parent_id,
  });
  return {
    dry_run: true,
    would_answer_status: status,
    creates: of('create').map((change) => ({ ...named(change), after: change.after })),
    changes: of('update').map((change) => ({
      ...named(change),
      before: change.before,
      after: change.after,
    })),
    deletes: of('delete').map((change) => ({ ...named(change), before: change.before })),
    listeners,
    disruption: {
      connections: worst(noticed.map(({ connections }) => connections)),
      reasons: noticed.map(({ change, connections, reason, listenerIds }) => ({
        resource_type: change.type,
        resource_id: change.id,
        connections,
        reason,
        listener_ids: listenerIds,
      })),
    },
  };
}
