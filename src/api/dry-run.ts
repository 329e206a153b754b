/** The parameter that turns a write into its plan, and how a plan is answered. */
import { Type } from 'typebox';
import { orNull } from '../model/field.ts';
import type { Operation, QueryParameter } from '../model/operation.ts';
import { described, named, oneOf } from '../model/schemas.ts';
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

const fieldsOf = (description: string) =>
  described(description, Type.Record(Type.String(), Type.Unknown()), { name: 'web' });
const effectOn = (description: string) => described(description, oneOf(...connectionEffects));
const resource = {
  resource_type: described('The kind of resource.', Type.String(), 'listener'),
  resource_id: described(
    'Its id; of what is created, one that the call itself will not give.',
    Type.String(),
  ),
  parent_id: described('What it belongs to, as the pool of a member.', orNull(Type.String())),
};

const PlannedListener = named(
  'PlannedListener',
  Type.Object({
    id: described('Its id.', Type.String()),
    name: described('Its name.', Type.String()),
    loadbalancer_id: described('Its load balancer.', Type.String()),
    protocol: described('Its protocol.', Type.String(), 'HTTP'),
    protocol_port: described('Its port.', Type.Integer(), 80),
    connections: effectOn('The worst for its established connections.'),
  }),
);

const Disruption = named(
  'Disruption',
  Type.Object({
    connections: effectOn(
      'The worst for any established connection. none: they go on; drain: what is in progress is finished; close: ' +
        'they are cut.',
    ),
    reasons: described(
      'What of the changes they would notice.',
      Type.Array(
        named(
          'DisruptionReason',
          Type.Object({
            resource_type: resource.resource_type,
            resource_id: described('Its id.', Type.String()),
            connections: effectOn('What becomes of the connections.'),
            reason: described('Why, for people.', Type.String(), 'The listener is deleted.'),
            listener_ids: described('The listeners whose connections they are.', Type.Array(Type.String())),
          }),
        ),
      ),
    ),
  }),
);

/** The answer to a write with dry_run. */
export const PlanBody = named(
  'Plan',
  Type.Object({
    dry_run: described('Nothing was changed.', Type.Literal(true), true),
    would_answer_status: described('The status of the call without dry_run.', Type.Integer(), 201),
    creates: described(
      'What would be created.',
      Type.Array(named('PlannedCreate', Type.Object({ ...resource, after: fieldsOf('All its fields.') }))),
    ),
    changes: described(
      'What would be changed.',
      Type.Array(
        named(
          'PlannedUpdate',
          Type.Object({
            ...resource,
            before: fieldsOf('The fields that change, as they are.'),
            after: fieldsOf('The same fields as they would be.'),
          }),
        ),
      ),
    ),
    deletes: described(
      'What would be deleted.',
      Type.Array(named('PlannedDelete', Type.Object({ ...resource, before: fieldsOf('All its fields.') }))),
    ),
    listeners: described('The listeners that use what is changed.', Type.Array(PlannedListener)),
    disruption: described('Whether established connections would notice.', Disruption),
    request_id: described('As in the header X-Request-Id.', Type.String()),
  }),
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
