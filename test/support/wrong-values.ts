/** Values that a schema does not take, each for one reason. */
import { requestExample } from '../../src/api/openapi/examples.ts';
import type { DocumentedSchema } from '../../src/api/openapi/schema.ts';
import type { Schema } from './openapi.ts';

/** A wrong value of one field of a body. */
export interface WrongValue {
  /** The way to the field: names, and indexes of lists. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** The field that a refusal must name, or the name that it does not know. */
  readonly named: string;
}

interface Limits extends Schema {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** Every field of a body with every kind of wrong value, from its schema without references. */
export function wrongValues(schema: Schema, path: WrongValue['path'] = []): WrongValue[] {
  const { choices, mayBeNull } = choicesOf(schema);
  const named = String(path.findLast((step) => typeof step === 'string') ?? '');
  const own = path.length === 0 ? [] : notOf(choices, mayBeNull).map((value) => ({ path, value, named }));
  return [...own, ...choices.flatMap((choice) => inside(choice, path))];
}

function inside(schema: Schema, path: WrongValue['path']): WrongValue[] {
  const { properties, required = [], additionalProperties, items } = schema;
  if (items) return wrongValues(items, [...path, 0]);
  if (!properties) return [];
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => wrongValues(inner, [...path, key])),
    // What is required is missed.
    ...required.map((key) => ({ path: [...path, key], value: undefined, named: key })),
    ...(additionalProperties === false
      ? [{ path: [...path, 'no_such_field'], value: 1, named: 'no_such_field' }]
      : []),
  ];
}

function choicesOf(schema: Schema): { choices: readonly Limits[]; mayBeNull: boolean } {
  const all = (schema.anyOf ?? [schema]).flatMap((each) => (each.anyOf ? choicesOf(each).choices : [each]));
  const choices = all.filter(({ type }) => type !== 'null');
  return { choices, mayBeNull: choices.length < all.length };
}

/** Values that none of the choices is. */
function notOf(choices: readonly Limits[], mayBeNull: boolean): unknown[] {
  const types = new Set(choices.map(typeOf));
  if (types.has('any')) return [];
  const others: readonly [type: string, value: unknown][] = [
    ['string', 'text'],
    ['integer', 7],
    ['boolean', true],
    ['array', []],
    ['object', {}],
  ];
  const ofOtherTypes = others.filter(([type]) => !types.has(type)).map(([, value]) => value);
  const [only] = choices;
  const limits = choices.length === 1 && only ? beyond(only) : [];
  return [...ofOtherTypes, ...(mayBeNull ? [] : [null]), ...(types.has('integer') ? [1.5] : []), ...limits];
}

function typeOf({ type, enum: words, const: only }: Limits): string {
  const example = only ?? words?.[0];
  return type ?? (example === undefined ? 'any' : typeof example);
}

/** Values of the right type that the limits do not let through. */
function beyond(schema: Limits): unknown[] {
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems, pattern } = schema;
  const wrong: unknown[] = [];
  if (schema.const === true) wrong.push(false);
  if (schema.enum) wrong.push(typeof schema.enum[0] === 'string' ? 'no such word' : 987654);
  if (minimum !== undefined) wrong.push(minimum - 1);
  if (maximum !== undefined) wrong.push(maximum + 1);
  if (minLength > 0) wrong.push('a'.repeat(minLength - 1));
  if (maxLength !== undefined) wrong.push('a'.repeat(maxLength + 1));
  if (pattern !== undefined) {
    const fault = ['a b', '<', 'Ü', '|', '\n'].find((text) => !new RegExp(pattern, 'u').test(text));
    if (fault !== undefined) wrong.push(fault);
  }
  const item = schema.items && requestExample(schema.items as DocumentedSchema);
  if (minItems > 0) wrong.push(Array(minItems - 1).fill(item));
  if (maxItems !== undefined && maxItems <= 1000) wrong.push(Array(maxItems + 1).fill(item));
  return wrong;
}

/**
 * A body with one value at the end of a path.
 *
 * @param schema of the body, from which comes what the path goes through and the body so far lacks
 */
export function bodyWith(
  schema: Schema,
  body: unknown,
  [step, ...rest]: WrongValue['path'],
  value: unknown,
): unknown {
  if (step === undefined) return value;
  const choice = choicesOf(schema).choices.find(({ properties, items }) => properties ?? items) ?? {};
  const start = body ?? requestExample(choice as DocumentedSchema);
  if (typeof step === 'number') {
    const [first, ...others] = Array.isArray(start) ? start : [];
    return [bodyWith(choice.items ?? {}, first, rest, value), ...others];
  }
  const fields = (start ?? {}) as Record<string, unknown>;
  return { ...fields, [step]: bodyWith(choice.properties?.[step] ?? {}, fields[step], rest, value) };
}
