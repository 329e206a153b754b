/**
 * A resource: its fields, its names on the wire, and the filters of its lists. Request bodies, answers, columns
 * and filters are derived here, so that a new field is one new entry in a resource's description.
 */
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { type Field, orNull, withoutNull } from './field.ts';
import type { ElementMatch, Filter, Match } from './filter.ts';

export type Fields = Readonly<Record<string, Field>>;

/** Every field of a resource, answered or not, as its service handles it. */
export type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Static<F[K]['schema']> };

export interface Resource<F extends Fields = Fields> {
  /** Singular and plural of the API: also the keys that wrap a body and a list. */
  readonly name: string;
  readonly plural: string;
  /** How messages name the resource. */
  readonly label: string;
  readonly table: string;
  readonly fields: F;
  /** The filters of its lists that do not follow from a field. */
  readonly filters: Readonly<Record<string, Filter>>;
  /** Elements by which the service finds it, beside those of the filters. */
  readonly lookups: readonly ElementMatch[];
  /** The field that holds the id of the resource this one belongs to, carried by the change log; null if none. */
  readonly parent: string | null;
  /** False for what is itself a record of what happened: the audit of changes leaves it out. */
  readonly audited: boolean;
}

/** Describes a resource. */
export function resource<F extends Fields>(
  description: Pick<Resource<F>, 'name' | 'plural' | 'label' | 'table' | 'fields'> & {
    readonly filters?: Resource['filters'];
    readonly lookups?: Resource['lookups'];
    readonly parent?: keyof F & string;
    readonly audited?: boolean;
  },
): Resource<F> {
  const { filters = {}, lookups = [], parent = null, audited = true } = description;
  return { ...description, filters, lookups, parent, audited };
}

/** The body of a create request, inside its wrapper key. */
export function createBody(of: Resource): TObject {
  return bodySchema(of.fields, (field) => field.create, true);
}

/** The body of an update request, inside its wrapper key: every field optional. */
export function updateBody(of: Resource): TObject {
  return bodySchema(of.fields, (field) => field.update, false);
}

/** The resource as answered. */
export function answerBody(of: Resource): TObject {
  const answered = Object.entries(of.fields).filter(([, field]) => field.answered);
  return Type.Object(
    Object.fromEntries(
      answered.map(([key, field]) => {
        const schema = described(field.schema, field, { example: field.example ?? field.default });
        return [key, field.answered === 'changed' ? Type.Optional(schema) : schema];
      }),
    ),
  );
}

/** The names of the fields that exist but may not be changed by an update. */
export function immutableFields(of: Resource): ReadonlySet<string> {
  return new Set(
    Object.entries(of.fields)
      .filter(([, field]) => field.answered || field.create !== 'absent')
      .filter(([, field]) => field.update === 'immutable' || field.update === 'absent')
      .map(([key]) => key),
  );
}

/**
 * A new record from the body of a create request: what the request gave, else the field's default, else null.
 * Fields that the request may not set, and those it may only seem to set, are left to the service.
 */
export function draft<F extends Fields>(
  of: Resource<F>,
  body: Readonly<Record<string, unknown>>,
): RecordOf<F> {
  const { blank, objects, given } = beginningOf(of);
  const record: Record<string, unknown> = { ...blank };
  for (const [key, field] of objects) record[key] = defaultOf(field);
  for (const key of given) record[key] = body[key] ?? record[key];
  return record as RecordOf<F>;
}

/** What new records begin with. */
interface Beginning {
  /** Every field, with its default unless that is an object. */
  readonly blank: Readonly<Record<string, unknown>>;
  /** The fields whose defaults are objects. */
  readonly objects: readonly (readonly [string, Field])[];
  /** The fields that a create request gives. */
  readonly given: readonly string[];
}

function beginningOf(of: Resource): Beginning {
  const known = beginnings.get(of);
  if (known) return known;
  const fields = Object.entries(of.fields);
  const isPlain = (value: unknown) => typeof value !== 'object' || value === null;
  const plain = fields.map(([key, field]) => [key, isPlain(field.default) ? (field.default ?? null) : null]);
  const isGiven = ({ create }: Field) => create === 'required' || create === 'optional';
  const made = {
    // From JSON text: copies of what V8 has read whole are faster than of what was put together key by key.
    blank: JSON.parse(JSON.stringify(Object.fromEntries(plain))),
    objects: fields.filter(([, field]) => !isPlain(field.default)),
    given: fields.filter(([, field]) => isGiven(field)).map(([key]) => key),
  };
  beginnings.set(of, made);
  return made;
}

const beginnings = new WeakMap<Resource, Beginning>();

/**
 * What an update request changes: the fields it gave, null where it clears one. A cleared field returns to its
 * default.
 */
export function changes<F extends Fields>(
  of: Resource<F>,
  body: Readonly<Record<string, unknown>>,
): Partial<RecordOf<F>> {
  const changed: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(of.fields)) {
    if (field.update !== 'mutable' || body[key] === undefined) continue;
    changed[key] = body[key] === null ? defaultOf(field) : body[key];
  }
  return changed as Partial<RecordOf<F>>;
}

/** A default of its own: what holds it may change it. */
function defaultOf({ default: value }: Field): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : (value ?? null);
}

/** Fields of a resource as another one has them that cannot be changed once created. */
export function settledFields<F extends Fields, K extends keyof F & string>(
  fields: F,
  keys: readonly K[],
  options: Pick<Partial<Field>, 'filter' | 'answered'> = {},
): Pick<F, K> {
  const settled = keys.map((key) => [key, { ...fields[key], update: 'absent', ...options }]);
  return Object.fromEntries(settled) as Pick<F, K>;
}

function bodySchema(fields: Fields, part: (field: Field) => string, create: boolean): TObject {
  const properties: Record<string, TSchema> = {};
  for (const [key, field] of Object.entries(fields)) {
    const role = part(field);
    if (role === 'absent' || role === 'immutable') continue;
    const input = create ? field.input : field.updateInput;
    const { example } = field;
    const schema = described(field.nullable || role === 'ignored' ? orNull(input) : input, field, {
      example,
      default: create ? field.default : undefined,
    });
    properties[key] = create && role === 'required' ? schema : Type.Optional(schema);
  }
  return Type.Object(properties, { additionalProperties: false });
}

/** A schema with what documents say of its field. */
function described(
  schema: TSchema,
  { description }: Field,
  { example, default: byDefault }: { readonly example?: unknown; readonly default?: unknown },
): TSchema {
  return {
    ...schema,
    description,
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(example === undefined ? {} : { examples: [example] }),
  } as TSchema;
}

/** Every filter of a resource's lists by its query key: those of its fields, then its own. */
export function listFilters(of: Resource): Record<string, Filter> {
  const filters: Record<string, Filter> = {};
  for (const [key, field] of Object.entries(of.fields)) {
    if (!field.filter) continue;
    filters[key] = {
      schema: withoutNull(field.schema),
      arity: field.filter,
      description: field.description,
      match: { kind: 'column', column: key },
    };
  }
  return { ...filters, ...of.filters };
}

/** Every element by which a resource is found: by a filter of its lists, or by its service. */
export function elementsOf(of: Resource): ElementMatch[] {
  const matches = Object.values(listFilters(of)).flatMap((filter) =>
    'nested' in filter ? Object.values(filter.nested).map(({ match }) => match) : (filter.match ?? []),
  );
  const elements = [...matches.flatMap(elementsIn), ...of.lookups];
  return [...new Map(elements.map((each) => [`${each.column}.${each.key}`, each])).values()];
}

function elementsIn(match: Match): readonly ElementMatch[] {
  if (match.kind === 'any') return match.of.flatMap(elementsIn);
  return match.kind === 'element' ? [match] : [];
}
