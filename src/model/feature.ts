/** A feature: something that a region or a load balancer can do, or how far (rules digest 3.11). */
import { Type } from 'typebox';
import { described, named, oneOf, Timestamp } from './schemas.ts';

const common = {
  feature: Type.String({ description: 'Its name.' }),
  type: described('What the value is.', oneOf('BOOL', 'INT')),
  value: Type.String({ description: 'true or false, or a number, as text.' }),
};

/** As a load balancer has it. */
export const LoadBalancerFeature = named('LoadBalancerFeature', Type.Object(common));

/** As a project has it. */
export const FeatureConfig = named(
  'FeatureConfig',
  Type.Object({
    ...common,
    id: described('Its id.', Type.String()),
    switch: Type.Boolean({ description: 'Always true: the value is in force.' }),
    service: described('Always ELB.', Type.Literal('ELB')),
    tenant_id: Type.String({ description: 'The project that asks.' }),
    caller: Type.String({ description: 'Who set it: elbow.' }),
    description: described('What it is.', Type.String()),
    created_at: described('Always the beginning of time: it is part of the program.', Timestamp),
    updated_at: described('The same.', Timestamp),
  }),
);
