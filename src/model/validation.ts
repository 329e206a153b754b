/** Checks values against schemas, and words what is wrong: the field, what came, and what was expected. */

import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalid, type Refusal, unrecognized } from './errors.ts';
import { withoutNull } from './field.ts';
import { spellingOf } from './schemas.ts';

/** The parts of JSON Schema that our schemas use, as read when wording an error. */
interface SchemaParts {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: SchemaParts[];
  properties?: Record<string, SchemaParts>;
  items?: SchemaParts;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
}

export interface ValidationOptions {
  /** The name of the whole value in messages; empty when its own keys are names enough. */
  readonly root?: string;
  /** Fields that exist but may not be sent here, by the key of the object they would be in. */
  readonly immutable?: Readonly<Record<string, ReadonlySet<string>>>;
  /** Whether the value holds secrets, so that messages never repeat it. */
  readonly secret?: boolean;
}

/**
 * Makes a check of values against a schema.
 *
 * @returns a function that does nothing for a right value and throws a Refusal (ELB.8902) for a wrong one
 */
export function validator(schema: TSchema, options: ValidationOptions = {}): (value: unknown) => void {
  const compiled = Compile(schema);
  return (value) => {
    if (!compiled.Check(value)) throw explain(schema, value, compiled.Errors(value), options);
  };
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

function explain(
  schema: TSchema,
  value: unknown,
  faults: readonly Fault[],
  { root = '', immutable = {}, secret = false }: ValidationOptions,
): Refusal {
  const extra = faults.find((fault) => fault.keyword === 'additionalProperties');
  if (extra) {
    const names = (extra.params as { additionalProperties: string[] }).additionalProperties;
    const fixed = immutable[steps(extra.instancePath).findLast((step) => !/^\d+$/.test(step)) ?? root];
    const immutableName = names.find((name) => fixed?.has(name));
    if (immutableName) {
      const field = fieldName(root, [...steps(extra.instancePath), immutableName]);
      return invalid(field, 'it cannot be changed after creation; leave it out of the update.');
    }
    return unrecognized(names);
  }
  const missing = faults.find((fault) => fault.keyword === 'required');
  if (missing) {
    const [name = ''] = (missing.params as { requiredProperties: string[] }).requiredProperties;
    const path = [...steps(missing.instancePath), name];
    return invalid(fieldName(root, path), `it is required. Expected ${describe(schemaAt(schema, path))}.`);
  }
  const deepest = faults.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a));
  const path = steps(deepest.instancePath);
  const got = secret ? 'this value' : brief(valueAt(value, path));
  return invalid(fieldName(root, path), `got ${got}, expected ${describe(schemaAt(schema, path))}.`);
}

/** What a schema takes, in words. */
export function describe(schema: SchemaParts | undefined): string {
  if (!schema) return 'another value';
  if (schema.anyOf) return schema.anyOf.map(describe).join(' or ');
  if (schema.enum)
    return `${schema.enum.length > 1 ? 'one of ' : ''}${schema.enum.map((word) => word || '""').join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `an integer${range(schema.minimum, schema.maximum)}`;
    case 'string': {
      if (schema.format === 'date-time') return 'a time as 2026-01-31T23:59:59, in UTC';
      const length = range(schema.minLength, schema.maxLength, ' characters');
      return `text${length && ` of${length.replace(' from', '')}`}${spellingOf(schema)}`;
    }
    case 'array':
      return `a list${range(schema.minItems, schema.maxItems, ' items').replace(' from', ' of')}`;
    case 'object':
      return 'an object';
    default:
      return 'another value';
  }
}

function range(low: number | undefined, high: number | undefined, unit = ''): string {
  if (high === undefined) return low === undefined ? '' : ` from ${low}${unit}`;
  if (low === high) return ` of ${low}${unit}`;
  return ` from ${low ?? 0} to ${high}${unit}`;
}

function steps(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function fieldName(root: string, path: readonly string[]): string {
  const name = path.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return `${root}${name}`.replace(/^\./, '') || 'body';
}

function schemaAt(schema: TSchema, path: readonly string[]): SchemaParts | undefined {
  let at: SchemaParts | undefined = schema as SchemaParts;
  for (const step of path) {
    const inner = withoutNull(at as TSchema) as SchemaParts;
    at = inner.properties?.[step] ?? inner.items;
    if (!at) return undefined;
  }
  return at;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
