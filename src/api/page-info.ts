/** How a page of a list is answered: records under the plural key, and where the pages beside it begin. */
import { Type } from 'typebox';
import type { Page } from '../service/page-query.ts';

export const PageInfo = Type.Object({
  previous_marker: Type.Optional(Type.String({ description: 'The id of the first record of the page.' })),
  next_marker: Type.Optional(
    Type.String({ description: 'The id of the last record; absent on the last page.' }),
  ),
  current_count: Type.Integer({ description: 'How many records the page has.' }),
});

/**
 * The body of a list.
 *
 * @param reverse whether the page was asked for backwards: then there is always a next page, the one come from
 */
export function listBody<T>(
  plural: string,
  { records, more }: Page<T>,
  reverse: boolean,
  render: (record: T) => { readonly id: string },
): Record<string, unknown> {
  const rendered = records.map(render);
  const first = rendered[0]?.id;
  const last = rendered.at(-1)?.id;
  return {
    [plural]: rendered,
    page_info: {
      ...(first === undefined ? {} : { previous_marker: first }),
      ...(last === undefined || !(more || reverse) ? {} : { next_marker: last }),
      current_count: rendered.length,
    },
  };
}
