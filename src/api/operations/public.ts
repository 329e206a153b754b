/** What is served without authentication: health, versions and the documentation of the API. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { oneOf } from '../../model/schemas.ts';
import { docsPage } from '../docs-page.ts';
import { openApiDocument } from '../openapi.ts';

/** @param operations everything that the document describes */
export function publicOperations(operations: readonly Operation[]): Operation[] {
  const common = {
    method: 'GET',
    group: 'Service',
    status: 200,
    isPublic: true,
    carriesRequestId: false,
  } as const;
  const mine: Operation[] = [
    {
      ...common,
      id: 'ShowHealth',
      path: '/healthz',
      summary: 'Answers 200 once calls are served',
      handle: async () => ({ body: { status: 'ok' } }),
    },
    {
      ...common,
      id: 'ListApiVersions',
      path: '/versions',
      summary: 'List the versions of the API',
      answer: Type.Object({
        versions: Type.Array(
          Type.Object({ id: Type.String(), status: oneOf('CURRENT', 'STABLE', 'DEPRECATED') }),
        ),
      }),
      // Of v2.0 there are the tags only, which makes it no version to choose.
      handle: async () => ({ body: { versions: [{ id: 'v3', status: 'CURRENT' }] } }),
    },
  ];
  const document = openApiDocument([...operations, ...mine]);
  return [
    ...mine,
    {
      ...common,
      id: 'ShowOpenApi',
      path: '/openapi.json',
      summary: 'The OpenAPI document',
      handle: async () => ({ body: document }),
    },
    {
      ...common,
      id: 'ShowDocs',
      path: '/docs',
      summary: 'The operations, to read in a browser',
      handle: async () => ({
        text: docsPage(document),
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }),
    },
  ];
}
