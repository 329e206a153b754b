/** The bodies of calls that delete several resources by their ids, and what they answer of each. */
import { Type } from 'typebox';

/** As many as the batch calls of members take. */
export const maxBatch = 200;

/** The ids of what is to be deleted. */
export const BatchIds = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  minItems: 1,
  maxItems: maxBatch,
});

export const BatchDeleted = Type.Object({
  id: Type.String(),
  ret_status: Type.String({ description: 'successful, not found, or failed.' }),
  ret_code: Type.Optional(Type.String({ description: 'The error code of what was not deleted.' })),
});
