/** The bodies of calls that delete several resources by their ids, and what they answer of each. */
import { Type } from 'typebox';
import { described, named } from '../model/schemas.ts';

/** As many as the batch calls of members take. */
export const maxBatch = 200;

/** The ids of what is to be deleted. */
export const BatchIds = described(
  'Their ids.',
  Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: maxBatch }),
  ['0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9'],
);

export const BatchDeleted = named(
  'BatchDeleted',
  Type.Object({
    id: described('What was asked for.', Type.String()),
    ret_status: Type.String({ description: 'successful, not found, or failed.' }),
    ret_code: Type.Optional(Type.String({ description: 'The error code of what was not deleted.' })),
  }),
);
