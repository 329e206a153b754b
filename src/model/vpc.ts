/** A VPC that was made through the API; those of the inventory are shown with the same fields. */
import { type Static, Type } from 'typebox';
import { enterpriseProject } from './common-fields.ts';
import { field } from './field.ts';
import {
  NetworkName,
  networkDescription,
  networkIdentity,
  networkTags,
  networkTimestamps,
} from './network-fields.ts';
import { answerBody, createBody, type RecordOf, resource, updateBody } from './resource.ts';
import { described, named, strict } from './schemas.ts';

export const vpc = resource({
  name: 'vpc',
  plural: 'vpcs',
  label: 'vpc',
  table: 'vpcs',
  fields: {
    ...networkIdentity,
    name: field(NetworkName, 'A name, which need not be unique.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: '',
      example: 'vpc-web',
    }),
    ...networkDescription,
    cidr: field(
      Type.String({ maxLength: 18 }),
      'The IPv4 network that its subnets are cut from; empty for any private one.',
      { create: 'optional', update: 'mutable', nullable: true, default: '', example: '192.168.0.0/16' },
    ),
    enterprise_project_id: field(Type.String(), 'The enterprise project; "0" is the default one.', {
      create: 'optional',
      nullable: true,
      default: enterpriseProject.enterprise_project_id.default,
    }),
    ...networkTags,
    ...networkTimestamps,
  },
});

export type Vpc = RecordOf<(typeof vpc)['fields']>;

/** The body of a create request. */
export const NewVpc = strict({ vpc: named('CreateVpc', createBody(vpc)) });

/** The body of an update request. */
export const ChangedVpc = strict({ vpc: named('UpdateVpc', updateBody(vpc)) });

const project = described('The project that it was asked for in.', Type.String());

/** A VPC as answered. */
export const ShownVpc = named(
  'Vpc',
  Type.Object({
    ...answerBody(vpc).properties,
    status: described('Always OK.', Type.String(), 'OK'),
    tenant_id: project,
    routes: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
  }),
);

/** A VPC as version 3 answers it. */
export const ShownVpcV3 = named(
  'VpcV3',
  Type.Object({
    ...answerBody(vpc).properties,
    status: described('Always ACTIVE.', Type.String(), 'ACTIVE'),
    project_id: project,
    extend_cidrs: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    cloud_resources: described(
      'How many subnets it has.',
      Type.Array(
        named(
          'ResourcesOfVpc',
          Type.Object({
            resource_type: described('What is counted.', Type.String(), 'virsubnet'),
            resource_count: described('How many there are.', Type.Integer()),
          }),
        ),
      ),
    ),
    tags: described(
      'Its tags.',
      Type.Array(
        named(
          'TagOfNetwork',
          Type.Object({
            key: described('The key.', Type.String(), 'stage'),
            value: described('The value.', Type.String(), 'test'),
          }),
        ),
      ),
    ),
  }),
);

export type ShownVpc = Static<typeof ShownVpc>;
