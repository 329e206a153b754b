/** IAM policies as the inventory file declares them, and the groups of users that they are granted to. */
import { type Static, Type } from 'typebox';
import { described, oneOf, strict } from './schemas.ts';

const Name = Type.String({ minLength: 1, maxLength: 64 });
const Names = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 100 });

/** What is allowed or denied; how its words are read is in src/service/identity/statements.ts. */
const PolicyStatement = strict({
  Effect: oneOf('Allow', 'Deny'),
  Action: described('As elb:members:list, elb:*:get* or *:*:*.', Names),
  Resource: Type.Optional(described('As ELB:*:*:member:<id>, or * for everything.', Names)),
  Condition: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const PolicyDocument = strict({
  Version: oneOf('1.1'),
  Statement: Type.Array(PolicyStatement, { minItems: 1, maxItems: 100 }),
});

export const Policy = strict({ name: Name, document: PolicyDocument });

/** A policy for the account, for some of its projects, or for one enterprise project. */
const GroupGrant = strict({
  policy: Name,
  projects: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 32 }), { minItems: 1 })),
  enterprise_project: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
});

export const Group = strict({ name: Name, grants: Type.Array(GroupGrant) });

export type PolicyStatement = Static<typeof PolicyStatement>;
export type PolicyDocument = Static<typeof PolicyDocument>;
export type Policy = Static<typeof Policy>;
export type Group = Static<typeof Group>;
