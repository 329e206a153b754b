/** Objects inside resources, of which a request may give a part. */

/** What a request says of an object: any of its parts, null for one that goes back to its start. */
export type PartsOf<T> = { readonly [K in keyof T]?: T[K] | null };

/**
 * The object as it is after a request.
 *
 * @param start every part as it is when nobody has said anything of it
 * @param before the object so far; null when there was none
 */
export function madeWhole<T extends object>(start: T, before: T | null, asked: PartsOf<T>): T {
  const whole = { ...start, ...before };
  for (const key of Object.keys(start) as (keyof T)[]) {
    const part = asked[key];
    if (part !== undefined) whole[key] = part ?? start[key];
  }
  return whole;
}

/** What a request says, with null for those of the parts that are "", as Terraform sends what its user leaves out. */
export function said<T extends object>(asked: PartsOf<T>, parts: readonly (keyof T)[]): PartsOf<T> {
  const empty = parts.filter((part) => asked[part] === '');
  return { ...asked, ...Object.fromEntries(empty.map((part) => [part, null])) };
}
