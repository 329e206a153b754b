/** What answers of the identity service have in common, in the form of Keystone v3. */

/** The links of one thing: there are none. */
export const links = { self: '' };

/** The links of a list: there are none, since it is whole. */
export const listLinks = { self: '', next: null, previous: null };

/** An instant as Keystone writes it: six digits behind the second. */
export function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
