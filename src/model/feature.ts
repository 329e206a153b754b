/** A feature: something that a region or a load balancer can do, or how far (rules digest 3.11). */
import { Type } from 'typebox';
import { oneOf, Timestamp } from './schemas.ts';

const common = {
  feature: Type.String({ description: 'Its name.' }),
  type: oneOf('BOOL', 'INT'),
  value: Type.String({ description: 'true or false, or a number, as text.' }),
};

/** As a load balancer has it. */
export const LoadBalancerFeature = Type.Object(common);

/** As a project has it. */
export const FeatureConfig = Type.Object({
  ...common,
  id: Type.String(),
  switch: Type.Boolean({ description: 'Always true: the value is in force.' }),
  service: Type.Literal('ELB'),
  tenant_id: Type.String({ description: 'The project that asks.' }),
  caller: Type.String({ description: 'Who set it: elbow.' }),
  description: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
