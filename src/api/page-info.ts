/** How a page of a list is answered: records under the plural key, and where the pages beside it begin. */
import { Type } from 'typebox';
import { named } from '../model/schemas.ts';
import type { Page, PageQuery } from '../service/page-query.ts';

export const PageInfo = named(
  'PageInfo',
  Type.Object(
    {
      previous_marker: Type.Optional(Type.String({ description: 'The id of the first record of the page.' })),
      next_marker: Type.Optional(
        Type.String({ description: 'The id of the last record; absent on the last page.' }),
      ),
      current_count: Type.Integer({ description: 'How many records the page has.' }),
    },
    { description: 'Where the pages beside this one begin.' },
  ),
);

/**
 * The body of a list.
 *
 * @param query how the page was asked for: before a marker, the page that the marker is on is the next one
 */
export function listBody<T>(
  plural: string,
  { records, more }: Page<T>,
  { reverse, marker }: Pick<PageQuery, 'reverse' | 'marker'>,
  render: (record: T) => { readonly id: string },
): Record<string, unknown> {
  const rendered = records.map(render);
  const first = rendered[0]?.id;
  const last = rendered.at(-1)?.id;
  const hasNext = reverse ? marker !== undefined : more;
  return {
    [plural]: rendered,
    page_info: {
      ...(first === undefined ? {} : { previous_marker: first }),
      ...(last === undefined || !hasNext ? {} : { next_marker: last }),
      current_count: rendered.length,
    },
  };
}
