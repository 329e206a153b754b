/** Fields that most resources have, described once. */
import { Type } from 'typebox';
import { field } from './field.ts';
import {
  GivenTag,
  Id,
  maxTags,
  Name,
  ProtectionReason,
  ProtectionStatus,
  Tag,
  Timestamp,
} from './schemas.ts';

export const identity = {
  id: field(Id, 'The resource’s id, a UUID given by the service.', { filter: 'many' }),
  project_id: field(Type.String({ minLength: 1, maxLength: 32 }), 'The project, always that of the path.', {
    create: 'ignored',
    update: 'immutable',
  }),
};

export const naming = {
  name: field(Name, 'A name, which need not be unique.', {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: '',
    example: 'web',
    filter: 'many',
  }),
  description: field(Name, 'Whatever the owner wants to note.', {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: '',
    filter: 'many',
  }),
};

/** `admin_state_up` where the API accepts only true. */
export const alwaysUp = {
  admin_state_up: field(Type.Boolean(), 'Always true: the API accepts no other value here.', {
    input: Type.Literal(true),
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: true,
    filter: 'one',
  }),
};

export const enterpriseProject = {
  enterprise_project_id: field(Type.String(), 'The enterprise project; "0" is the default one.', {
    create: 'optional',
    nullable: true,
    default: '0',
    filter: 'many',
  }),
};

/** The enterprise project of a resource that takes it over from the one it belongs to. */
export const inheritedEnterpriseProject = (answered: boolean) => ({
  enterprise_project_id: field(Type.String(), 'The enterprise project of the resource this one belongs to.', {
    filter: 'many',
    answered,
  }),
});

export const protection = {
  protection_status: field(ProtectionStatus, 'A hint for consoles; never blocks an API call.', {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: 'nonProtection',
    filter: 'many',
  }),
  protection_reason: field(ProtectionReason, 'Why it is protected; empty while it is not.', {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: '',
  }),
};

export const tags = {
  tags: field(Type.Array(Tag, { maxItems: maxTags }), 'Key and value pairs; a key occurs once.', {
    input: Type.Array(GivenTag, { maxItems: maxTags }),
    create: 'optional',
    nullable: true,
    default: [],
  }),
};

export const timestamps = {
  created_at: field(Timestamp, 'When it was created, UTC.'),
  updated_at: field(Timestamp, 'When it was last changed, UTC.', { audited: false }),
};
