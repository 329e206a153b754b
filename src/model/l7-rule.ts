/** An l7 rule, or forwarding rule: what a request must have for its policy to match (rules digest 2.7). */
import { Type } from 'typebox';
import { alwaysUp, identity, inheritedEnterpriseProject, timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { createBody, type RecordOf, resource } from './resource.ts';
import { described, Id, named, oneOf, strict } from './schemas.ts';

/** The most conditions of a rule, and of all rules of a policy together. */
export const maxConditions = 10;

const means = {
  key: 'The name of the header, cookie or parameter; empty for the other types.',
  value: 'What is compared with.',
} as const;
const Condition = named(
  'Condition',
  Type.Object({ key: described(means.key, Type.String()), value: described(means.value, Type.String()) }),
);
const ConditionInput = named(
  'NewCondition',
  strict({
    key: Type.Optional(described(means.key, orNull(Type.String({ maxLength: 128 })))),
    value: described(means.value, Type.String({ minLength: 1, maxLength: 128 })),
  }),
);

const later = { create: 'optional', update: 'mutable', nullable: true, traffic: true } as const;

export const l7Rule = resource({
  name: 'rule',
  plural: 'rules',
  label: 'l7rule',
  table: 'l7rules',
  fields: {
    ...identity,
    ...alwaysUp,
    ...inheritedEnterpriseProject(false),
    l7policy_id: field(Id, 'The policy it belongs to.', { answered: false }),
    type: field(
      oneOf('HOST_NAME', 'PATH', 'METHOD', 'HEADER', 'QUERY_STRING', 'SOURCE_IP', 'COOKIE'),
      'The part of a request it looks at.',
      { create: 'required', filter: 'many', traffic: true, example: 'PATH' },
    ),
    compare_type: field(oneOf('EQUAL_TO', 'STARTS_WITH', 'REGEX'), 'How that part is compared.', {
      example: 'STARTS_WITH',
      create: 'required',
      update: 'mutable',
      filter: 'many',
      traffic: true,
    }),
    value: field(
      Type.String({ maxLength: 128 }),
      'What it is compared with; without meaning beside conditions.',
      { ...later, default: '', filter: 'many', example: '/images' },
    ),
    key: field(orNull(Type.String({ maxLength: 255 })), 'Without meaning: keys are in conditions.', {
      ...later,
      traffic: false,
      filter: 'many',
    }),
    invert: field(Type.Boolean(), 'Always false.', { create: 'ignored', default: false, filter: 'one' }),
    conditions: field(
      Type.Array(Condition),
      'What the part is compared with: one match is enough. All have the same key, the name of a header, a cookie or ' +
        'a parameter.',
      { ...later, input: Type.Array(ConditionInput, { maxItems: maxConditions }), default: [] },
    ),
    provisioning_status: field(oneOf('ACTIVE', 'PENDING_CREATE', 'ERROR'), 'Always ACTIVE.', {
      default: 'ACTIVE',
      filter: 'many',
    }),
    ...timestamps,
  },
  parent: 'l7policy_id',
});

/** Rules in the list of all policies, which is also filtered by where they belong. */
export const l7RuleOfProject = resource({
  ...l7Rule,
  filters: {
    l7policy_id: {
      schema: Id,
      arity: 'many',
      description: 'The policy of the rule.',
      match: { kind: 'column', column: 'l7policy_id' },
    },
  },
  parent: 'l7policy_id',
});

/** A rule as it is created with its policy. */
export const InlineL7Rule = createBody(l7Rule);

export type L7Rule = RecordOf<(typeof l7Rule)['fields']>;
