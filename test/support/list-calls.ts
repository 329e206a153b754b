/** Every list call and every filter that the API describes of itself, so that what is new is measured too. */
import type { OpenApiDocument } from '../../src/api/openapi/document.ts';
import type { DocumentedParameter } from '../../src/api/openapi/parameters.ts';

export interface ListCall {
  /** As `ListMembers`. */
  readonly operationId: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly filters: readonly DocumentedParameter[];
  /** The path of a single record, when there is one: ends in a parameter. */
  readonly showPath: string | null;
}

const paging = ['marker', 'limit', 'page_reverse'];

/** The calls with pages over what projects have; those of the program's own catalogue are not in the store. */
export function listCalls({ paths }: OpenApiDocument): ListCall[] {
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const queries = (get?.parameters ?? []).flatMap((each) =>
      'in' in each && each.in === 'query' ? [each] : [],
    );
    if (!get || !paging.every((name) => queries.some((each) => each.name === name))) return [];
    // Nor are those of version 2 any other lists than those of version 3.
    if (path.endsWith('/flavors') || path.startsWith('/v2/')) return [];
    const showPath = Object.keys(paths).find(
      (other) => other.startsWith(`${path}/{`) && other.endsWith('}') && paths[other]?.['get'],
    );
    return [
      {
        operationId: get.operationId,
        path,
        filters: queries.filter(({ name }) => !paging.includes(name)),
        showPath: showPath ?? null,
      },
    ];
  });
}
