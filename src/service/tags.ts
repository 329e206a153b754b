/** Tags as requests give them (rules digest 1.8). */
import { invalid } from '../model/errors.ts';
import type { GivenTag, Tag } from '../model/schemas.ts';

/** The tags with an empty value where none is given; refused when a key occurs twice. */
export function wholeTags(tags: readonly GivenTag[], field: string): Tag[] {
  const seen = new Set<string>();
  return tags.map(({ key, value }) => {
    if (seen.has(key)) throw invalid(field, `the key "${key}" occurs more than once.`);
    seen.add(key);
    return { key, value: value ?? '' };
  });
}
