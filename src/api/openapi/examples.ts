/** Examples of bodies, made from their schemas: what a field's own example does not say, its type and name do. */
import { derivedId } from '../../service/derived-id.ts';
import { type DocumentedSchema, mayBeNull, withoutNullChoice } from './schema.ts';

/** An example of an answer: every field of it. */
export function answerExample(schema: DocumentedSchema, name = ''): unknown {
  const [given] = schema.examples ?? [];
  if (given !== undefined) return given;
  if (mayBeNull(schema)) return null;
  const { properties, items } = withoutNullChoice(schema);
  if (properties) return each(properties, name, answerExample);
  if (items) return schema.maxItems === 0 ? [] : fewest(schema, answerExample(items, name));
  return plainExample(schema, name);
}

/** An example of a request: what is required, and what has an example of its own; all of it where nothing is or has. */
export function requestExample(schema: DocumentedSchema, name = ''): unknown {
  const [given] = schema.examples ?? withoutNullChoice(schema).examples ?? [];
  if (given !== undefined) return given;
  const { properties, required = [], items } = withoutNullChoice(schema);
  if (properties) {
    const shown = Object.entries(properties).filter(
      ([key, inner]) => required.includes(key) || withoutNullChoice(inner).examples || inner.examples,
    );
    return each(shown.length > 0 ? Object.fromEntries(shown) : properties, name, requestExample);
  }
  if (items) return fewest(withoutNullChoice(schema), requestExample(items, name));
  return plainExample(withoutNullChoice(schema), name);
}

/** A list of one item, or of as many as it must have. */
function fewest({ minItems = 1 }: DocumentedSchema, item: unknown): unknown[] {
  return Array(Math.max(minItems, 1)).fill(item);
}

/** The examples of an object's fields; the id of a member, say, goes by the name `member_id`, as paths have it. */
function each(
  properties: Readonly<Record<string, DocumentedSchema>>,
  name: string,
  exampleOf: (schema: DocumentedSchema, name: string) => unknown,
): Record<string, unknown> {
  const ofItself = `${name.replace(/ies$/, 'y').replace(/s$/, '')}_id`;
  return Object.fromEntries(
    Object.entries(properties).map(([key, inner]) => [
      key,
      exampleOf(inner, key === 'id' && name !== '' ? ofItself : key),
    ]),
  );
}

function plainExample(schema: DocumentedSchema & { readonly minimum?: number }, name: string): unknown {
  const [given = schema.const ?? schema.default ?? schema.enum?.[0]] = schema.examples ?? [];
  if (given !== undefined) return given;
  switch (schema.type) {
    case 'boolean':
      return true;
    case 'integer':
      return Math.max(schema.minimum ?? 0, 1);
    case 'string':
      return textExample(schema, name);
    default:
      return {};
  }
}

function textExample({ format }: DocumentedSchema, name: string): string {
  if (format === 'date-time') return '2026-01-31T09:30:00Z';
  if (name === 'project_id') return derivedId(name).replaceAll('-', '');
  return /(^|_)(id|ids|ref|refs)$/.test(name) ? derivedId(name) : name;
}
