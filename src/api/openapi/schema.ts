/** A JSON Schema as documents hold it: the parts that our descriptions use. */
export interface DocumentedSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly DocumentedSchema[];
  readonly items?: DocumentedSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, DocumentedSchema>>;
  readonly required?: readonly string[];
}

/** What a value may be beside null; the schema itself when it is no such choice. */
export function withoutNullChoice(schema: DocumentedSchema): DocumentedSchema {
  const choices = schema.anyOf?.filter(({ type }) => type !== 'null');
  const [only] = choices ?? [];
  return choices?.length === 1 && only ? only : schema;
}

export function mayBeNull({ anyOf }: DocumentedSchema): boolean {
  return anyOf?.some(({ type }) => type === 'null') ?? false;
}
