/** The operations as a page to read: generated from the OpenAPI document, without scripts or anything from elsewhere. */
import { describe } from '../model/validation.ts';
import type {
  DocumentedContent,
  DocumentedOperation,
  DocumentedResponse,
  OpenApiDocument,
} from './openapi/document.ts';
import type { DocumentedParameter, Reference } from './openapi/parameters.ts';
import { type DocumentedSchema, mayBeNull, withoutNullChoice } from './openapi/schema.ts';

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733; }
code, pre { font: 14px/1.45 ui-monospace, monospace; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d5dde5; }
h4 { margin: 1rem 0 .2rem; } summary { cursor: pointer; padding: .3rem 0; } a { color: #0b6e4f; }
summary b { display: inline-block; width: 4.5rem; color: #0b6e4f; } details > div { padding-left: 1.2rem; }
table { border-collapse: collapse; margin: .3rem 0 1rem; } td, th { padding: .15rem .8rem .15rem 0; vertical-align: top; text-align: left; }
pre { overflow-x: auto; max-height: 24rem; padding: .6rem; background: #f3f6f8; } nav { columns: 3 14rem; }
nav ul { margin: 0; padding-left: 1.2rem; break-inside: avoid; } nav > div { break-inside: avoid; margin-bottom: .8rem; }
@media (prefers-color-scheme: dark) { body { background: #12181f; color: #d7e0e8; } pre { background: #1b2430; } summary b, a { color: #4cc38a; } }`;

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
}

/** A cell of a table: text, or HTML that is safe already. */
type Cell = string | { readonly html: string };

export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '');
  const page = new Page(document);
  const sections = document.tags.map(
    ({ name, description = '' }) =>
      `<h2 id="${anchor(name)}">${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>
${(groups.get(name) ?? []).map((each) => page.operation(each)).join('')}`,
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) =>
    page.schema(name, schema),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Elbow: the API</title><style>${style}</style><h1>Elbow</h1><p>${escapeHtml(document.info.description)}
The same as a document for tools: <a href="/openapi.json">/openapi.json</a>.</p>
<nav>${document.tags.map(({ name }) => contents(name, groups.get(name) ?? [])).join('')}</nav>
${sections.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</html>`;
}

function contents(group: string, operations: readonly Described[]): string {
  const items = operations.map(
    ({ operation: { operationId, summary } }) =>
      `<li><a href="#${operationId}" title="${escapeHtml(summary)}">${operationId}</a></li>`,
  );
  return `<div><a href="#${anchor(group)}">${escapeHtml(group)}</a><ul>${items.join('')}</ul></div>`;
}

class Page {
  readonly #document: OpenApiDocument;

  constructor(document: OpenApiDocument) {
    this.#document = document;
  }

  operation({ path, method, operation }: Described): string {
    const { operationId, summary, requestBody, responses } = operation;
    const parameters = operation.parameters.filter((each): each is DocumentedParameter => 'name' in each);
    const [status, success] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
    return `<details id="${operationId}"><summary><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> — ${escapeHtml(summary)}</summary><div>
${table('Parameters', parameters.map(parameterRow))}
${requestBody ? this.#content('Body', requestBody.content) : ''}
${this.#answer(`Answer ${status}`, success && 'content' in success ? success.content : undefined)}
${table('Failures', failureRows(responses))}</div></details>`;
  }

  schema(name: string, schema: DocumentedSchema): string {
    return `<details id="schema-${name}"><summary><code>${name}</code> ${escapeHtml(schema.description ?? '')}</summary><div>
${table('', this.#fields(schema, ''))}</div></details>`;
  }

  #answer(title: string, content: DocumentedResponse['content']): string {
    const json = content?.['application/json'];
    if (json) return this.#content(title, { 'application/json': json });
    return `<h4>${title}</h4><p>${content ? `A stream of ${Object.keys(content).join()}.` : 'No body.'}</p>`;
  }

  #content(title: string, { 'application/json': { schema, example } }: DocumentedContent): string {
    return `${table(title, this.#fields(schema, ''))}<details><summary>Example</summary>
<pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre></details>`;
  }

  /** The fields of an object; those of an unnamed object in it come right after it. */
  #fields(schema: DocumentedSchema, prefix: string): Cell[][] {
    const { properties = {}, required = [] } = this.#resolve(schema);
    return Object.entries(properties).flatMap(([key, field]) => {
      const { inner, suffix } = itemOf(field);
      const row: Cell[] = [
        { html: `<code>${escapeHtml(prefix + key)}${required.includes(key) ? ' *' : ''}</code>` },
        { html: typeOf(field) },
        sayings(field, this.#resolve(inner)),
      ];
      return [row, ...(inner.$ref ? [] : this.#fields(inner, `${prefix}${key}${suffix}.`))];
    });
  }

  #resolve(schema: DocumentedSchema): DocumentedSchema {
    const found = withoutNullChoice(schema);
    const name = found.$ref?.split('/').at(-1);
    return name === undefined ? found : (this.#document.components.schemas[name] ?? found);
  }
}

/** What a field holds: of a list, its items. */
function itemOf(field: DocumentedSchema): { readonly inner: DocumentedSchema; readonly suffix: string } {
  const value = withoutNullChoice(field);
  return value.items ? { inner: value.items, suffix: '[]' } : { inner: value, suffix: '' };
}

function typeOf(field: DocumentedSchema): string {
  const { inner, suffix } = itemOf(field);
  const orNull = mayBeNull(field) ? ' or null' : '';
  const name = inner.$ref?.split('/').at(-1);
  if (name === undefined) return escapeHtml(describe(field as Parameters<typeof describe>[0]));
  return `${suffix ? 'a list of ' : ''}<a href="#schema-${name}">${name}</a>${orNull}`;
}

function sayings(field: DocumentedSchema, inner: DocumentedSchema): string {
  const said = field.description ?? withoutNullChoice(field).description ?? inner.description ?? '';
  return field.default === undefined ? said : `${said} Default: ${JSON.stringify(field.default)}.`;
}

function parameterRow({ name, in: place, schema, description, required }: DocumentedParameter): Cell[] {
  return [
    { html: `<code>${escapeHtml(name)}${required ? ' *' : ''}</code>` },
    place,
    { html: typeOf(schema) },
    description,
  ];
}

function failureRows(responses: Readonly<Record<string, DocumentedResponse | Reference>>): Cell[][] {
  return Object.entries(responses).flatMap(([status, response]) => {
    if (!('content' in response) || status.startsWith('2')) return [];
    const example = response.content?.['application/json']?.example as {
      error_code: string;
      error_msg: string;
    };
    return [[status, { html: `<code>${example.error_code}</code>` }, example.error_msg]];
  });
}

function table(title: string, cells: readonly (readonly Cell[])[]): string {
  if (cells.length === 0) return '';
  const line = (row: readonly Cell[]) =>
    `<tr>${row.map((cell) => `<td>${typeof cell === 'string' ? escapeHtml(cell) : cell.html}</td>`).join('')}</tr>`;
  return `${title ? `<h4>${title}</h4>` : ''}<table>${cells.map(line).join('')}</table>`;
}

function anchor(group: string): string {
  return `group-${group.toLowerCase().replaceAll(' ', '-')}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
