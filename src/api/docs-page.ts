/** The operations as a page to read: generated from the OpenAPI document, without scripts or anything from elsewhere. */
import { describe } from '../model/validation.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733; }
code { font: 14px ui-monospace, monospace; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d5dde5; }
summary { cursor: pointer; padding: .3rem 0; } b { display: inline-block; width: 4.5rem; color: #0b6e4f; }
table { border-collapse: collapse; margin: .5rem 0 1rem; } td { padding: .15rem .8rem .15rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { background: #12181f; color: #d7e0e8; } b { color: #4cc38a; } }`;

export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '');
  const sections = [...groups].map(
    ([group, items]) =>
      `<h2>${escapeHtml(group)}</h2>${items.map(({ path, method, operation }) => section(path, method, operation)).join('')}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Elbow: the API</title><style>${style}</style><h1>Elbow</h1><p>${escapeHtml(document.info.description)}
The same as a document for tools: <a href="/openapi.json">/openapi.json</a>.</p>${sections.join('')}</html>`;
}

function section(path: string, method: string, operation: OpenApiOperation): string {
  const body = operation.requestBody as { content: { 'application/json': { schema: object } } } | undefined;
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> — ${escapeHtml(operation.summary)}</summary>
${rows(operation.parameters.filter((each) => each.in === 'query').map((each) => [each.name, describe(each.schema), each.description ?? '']))}
${body ? `<p>Body</p>${rows(fields(body.content['application/json'].schema, ''))}` : ''}</details>`;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema & { readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** The fields of a body, one level into its wrapper. */
function fields({ properties = {}, required = [] }: ObjectSchema, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const row = [
      `${prefix}${key}${required.includes(key) ? ' *' : ''}`,
      describe(schema as Parameters<typeof describe>[0]),
      schema.description ?? '',
    ];
    return prefix === '' && schema.properties ? [row, ...fields(schema, `${key}.`)] : [row];
  });
}

function rows(cells: readonly (readonly string[])[]): string {
  if (cells.length === 0) return '';
  const line = ([name = '', ...rest]: readonly string[]) =>
    `<tr><td><code>${escapeHtml(name)}</code></td>${rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  return `<table>${cells.map(line).join('')}</table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
