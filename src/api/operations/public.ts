/** What is served without authentication: health, versions and the documentation of the API. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { described, named, oneOf } from '../../model/schemas.ts';
import { docsPage } from '../docs-page.ts';
import { type OpenApiDocument, openApiDocument } from '../openapi/document.ts';

const ApiVersion = named(
  'ApiVersion',
  Type.Object({
    id: described('Its name.', Type.String(), 'v3'),
    status: described('Whether to choose it.', oneOf('CURRENT', 'STABLE', 'DEPRECATED')),
  }),
);

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
      answer: Type.Object({ status: described('Always ok.', Type.Literal('ok')) }),
      handle: async () => ({ body: { status: 'ok' } }),
    },
    {
      ...common,
      id: 'ListApiVersions',
      path: '/versions',
      summary: 'List the versions of the API',
      answer: Type.Object({
        versions: described('The versions.', Type.Array(ApiVersion)),
      }),
      // Of v2.0 there are the tags only, which makes it no version to choose.
      handle: async () => ({ body: { versions: [{ id: 'v3', status: 'CURRENT' }] } }),
    },
  ];
  // Made when it is first asked for: the start of the program need not wait for it.
  let made: OpenApiDocument | undefined;
  const document = () => {
    made ??= openApiDocument([...operations, ...mine]);
    return made;
  };
  return [
    ...mine,
    {
      ...common,
      id: 'ShowOpenApi',
      path: '/openapi.json',
      summary: 'The OpenAPI document',
      handle: async () => ({ body: document() }),
    },
    {
      ...common,
      id: 'ShowDocs',
      path: '/docs',
      summary: 'The operations, to read in a browser',
      handle: async () => ({
        text: docsPage(document()),
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }),
    },
  ];
}
