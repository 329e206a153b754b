/**
 * What a field of a resource is. A resource is described once, as a record of fields; its request and response
 * schemas, its table's columns, its list filters and its documentation all follow from there.
 */
import { type Static, type TSchema, Type } from 'typebox';

/** Whether a create request carries the field. `ignored`: accepted, since clients send it, and without effect. */
export type OnCreate = 'required' | 'optional' | 'ignored' | 'absent';

/** Whether an update request carries the field. `immutable`: refused with a message that says so. */
export type OnUpdate = 'mutable' | 'immutable' | 'ignored' | 'absent';

/** How a list is filtered by the field: by any of several values, or by one. */
export type FilterArity = 'many' | 'one';

/** The type of a field's column. */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'json';

export interface Field<S extends TSchema = TSchema> {
  /** The value as stored and answered. */
  readonly schema: S;
  /** The value as requests send it, where it differs from `schema`. */
  readonly input: TSchema;
  /** The value as update requests send it, where it differs from `input`. */
  readonly updateInput: TSchema;
  readonly create: OnCreate;
  readonly update: OnUpdate;
  /** Whether a request may send null: as if absent on create, and clearing the value on update. */
  readonly nullable: boolean;
  /** The value when a create request has none; undefined when the service works it out. */
  readonly default: Static<S> | undefined;
  /** A value for the examples of the documentation; a create request's example has only fields that have one. */
  readonly example: Static<S> | undefined;
  /** Null when the value is computed from other resources and has no column. */
  readonly column: ColumnType | null;
  readonly filter: FilterArity | null;
  /** False for what is stored for our own use and never answered; `changed`: only where it is not its default. */
  readonly answered: boolean | 'changed';
  /** Whether it is meant to change what traffic or probes do; that it does is for tests to show. */
  readonly traffic: boolean;
  /** Whether its values are kept from every record of what happened; those show a mask. */
  readonly secret: boolean;
  /** False for what changes by itself, as health does: the audit of changes leaves it out. */
  readonly audited: boolean;
  readonly description: string;
}

/** The parts of a field that a description may leave out. */
export interface FieldOptions<S extends TSchema> {
  readonly input?: TSchema;
  readonly updateInput?: TSchema;
  readonly create?: OnCreate;
  readonly update?: OnUpdate;
  readonly nullable?: boolean;
  readonly default?: Static<S>;
  readonly example?: Static<S>;
  readonly computed?: boolean;
  readonly filter?: FilterArity;
  readonly answered?: boolean | 'changed';
  readonly traffic?: boolean;
  readonly secret?: boolean;
  readonly audited?: boolean;
}

/**
 * Describes a field. Unless told otherwise it is stored, answered, and set by nobody but the service; a field
 * that a create request carries is immutable unless its update says otherwise.
 *
 * @param description what the field means to a caller, in one sentence
 */
export function field<S extends TSchema>(
  schema: S,
  description: string,
  options: FieldOptions<S> = {},
): Field<S> {
  const create = options.create ?? 'absent';
  const input = options.input ?? withoutNull(schema);
  return {
    schema,
    input,
    updateInput: options.updateInput ?? input,
    create,
    update: options.update ?? (create === 'ignored' ? 'ignored' : 'immutable'),
    nullable: options.nullable ?? false,
    default: options.default,
    example: options.example,
    column: options.computed ? null : columnType(schema),
    filter: options.filter ?? null,
    answered: options.answered ?? true,
    traffic: options.traffic ?? false,
    secret: options.secret ?? false,
    audited: options.audited ?? true,
    description,
  };
}

/** What stands for the value of a secret. */
export const mask = '******';

/** A value that is null when there is none. */
export function orNull<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** A part of an object in a request, which may be left out, and null is as if it were. */
export function orLeftOut<S extends TSchema>(schema: S) {
  return Type.Optional(orNull(schema));
}

/** The schema without the null that `orNull` added: what a request sends when it sends a value. */
export function withoutNull(schema: TSchema): TSchema {
  const options = (schema as { anyOf?: TSchema[] }).anyOf;
  if (!options) return schema;
  const rest = options.filter((option) => (option as { type?: string }).type !== 'null');
  return rest.length === 1 && rest[0] ? rest[0] : schema;
}

function columnType(schema: TSchema): ColumnType {
  switch ((withoutNull(schema) as { type?: string }).type) {
    case 'integer':
      return 'integer';
    case 'boolean':
      return 'boolean';
    case 'object':
    case 'array':
      return 'json';
    default:
      return 'text';
  }
}

/** The words that a field takes; none when it is not one of several words. */
export function wordsOf({ schema }: Pick<Field, 'schema'>): readonly string[] {
  return (withoutNull(schema) as { enum?: string[] }).enum ?? [];
}
