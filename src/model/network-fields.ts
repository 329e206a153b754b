/** Fields that the resources of networks have in common, with the limits of the API of networks (VPC v1). */
import { Type } from 'typebox';
import { field } from './field.ts';
import { Id, maxTags, spelled, Tag, Timestamp } from './schemas.ts';

export const NetworkName = spelled(
  'letters, digits, "_", "." and "-"',
  Type.String({ maxLength: 64, pattern: '^[\\p{L}\\p{Nd}_.-]*$' }),
);

const NetworkNote = spelled('no "<" and no ">"', Type.String({ maxLength: 255, pattern: '^[^<>]*$' }));

export const networkIdentity = {
  id: field(Id, 'Its id.'),
  project_id: field(Type.String(), 'The project that has it.', { answered: false }),
};

export const networkDescription = {
  description: field(NetworkNote, 'Whatever the owner wants to note.', {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: '',
  }),
};

export const networkTags = {
  tags: field(
    Type.Array(Tag, { maxItems: maxTags }),
    'Key and value pairs, as the calls of tags have them.',
    {
      default: [],
      answered: false,
    },
  ),
};

/** Stands for a time that nobody knows, in a form that every client can read. */
export const undated = '1970-01-01T00:00:00Z';

export const networkTimestamps = {
  created_at: field(Timestamp, 'When it was created, UTC; 1970-01-01T00:00:00Z for one of the inventory.'),
  updated_at: field(
    Timestamp,
    'When it was last changed, UTC; 1970-01-01T00:00:00Z for one of the inventory.',
    {
      audited: false,
    },
  ),
};
