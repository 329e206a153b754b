/** The query parameters of calls that have no pages (rules digest 1.6): checked, and handed on as text. */
import { invalid } from '../model/errors.ts';
import type { QueryParameter } from '../model/operation.ts';
import { readValue } from './list-query.ts';

/**
 * The values of each parameter, none for one that was not given. Others than those of the call are ignored.
 *
 * @throws Refusal that names the parameter
 */
export function readParameters<K extends string>(
  parameters: Readonly<Record<K, QueryParameter>>,
  query: URLSearchParams,
): Readonly<Record<K, readonly string[]>> {
  const read = {} as Record<K, readonly string[]>;
  for (const key of Object.keys(parameters) as K[]) {
    const { schema, arity } = parameters[key];
    const texts = query.getAll(key);
    if (arity === 'one' && texts.length > 1) {
      throw invalid(key, `it was given ${texts.length} times; give it once.`);
    }
    for (const text of texts) readValue(key, text, schema);
    read[key] = texts;
  }
  return read;
}
