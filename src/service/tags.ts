/** Tags given at creation (rules digest 1.8). */
import { invalid } from '../model/errors.ts';

/** A key occurs once in a request. */
export function checkTags(tags: readonly { readonly key: string }[], field: string): void {
  const seen = new Set<string>();
  for (const { key } of tags) {
    if (seen.has(key)) throw invalid(field, `the key "${key}" occurs more than once.`);
    seen.add(key);
  }
}
