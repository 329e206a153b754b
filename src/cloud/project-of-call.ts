/** The project of a call whose path names none: that of its header, else the only one of its credential. */
import { forbidden, invalid } from '../model/errors.ts';
import type { Call } from '../model/operation.ts';

/**
 * @param asked the project that the body names, if it names one
 * @throws Refusal when the caller has no access to it, or has several and says nothing
 */
export function projectOf({ caller, headers }: Call, asked?: string): string {
  const header = headers['x-project-id'];
  const named = asked || (typeof header === 'string' && header !== '' ? header : undefined);
  if (named !== undefined) {
    if (caller.projectIds.has(named)) return named;
    throw forbidden(`The credential gives no access to the project ${named}.`);
  }
  const [only, ...others] = caller.projectIds;
  if (only === undefined) throw forbidden('The credential gives access to no project.');
  if (others.length === 0) return only;
  throw invalid(
    'X-Project-Id',
    'the path names no project, and the credential is for several: send the header with one of them.',
  );
}
