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

/** What a list holds: each record has an id, which jobs call their `job_id`, and domain IPs their address. */
type Listed = { readonly id: string } | { readonly job_id: string } | { readonly ip_address: string };

/**
 * The body of a list.
 *
 * @param query how the page was asked for: before a marker, the page that the marker is on is the next one
 */
export function listBody<T>(
  plural: string,
  { records, more }: Page<T>,
  { reverse, marker }: Pick<PageQuery, 'reverse' | 'marker'>,
  render: (record: T) => Listed,
): Record<string, unknown> {
  const rendered = records.map(render);
  const ids = rendered.map(idOf);
  const first = ids[0];
  const last = ids.at(-1);
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

function idOf(of: Listed): string {
  if ('id' in of) return of.id;
  return 'job_id' in of ? of.job_id : of.ip_address;
}
