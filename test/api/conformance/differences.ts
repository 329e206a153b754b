/** How the API as it describes itself differs from the interface: names, types and required marks. */
import { type Document, eachOperation, type Operation, resolve, type Schema } from '../../support/openapi.ts';

export interface Fact {
  readonly type: string;
  readonly required?: boolean;
}

export interface InterfaceOperation {
  readonly method: string;
  readonly path: string;
  readonly path_parameters: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly response: string;
}

export interface Interface {
  readonly operations: readonly InterfaceOperation[];
  readonly schemas: Readonly<Record<string, { readonly fields: Readonly<Record<string, Fact>> }>>;
}

/** Which way a body goes: what is required of a caller is a promise to one when it comes back. */
type Direction = 'request' | 'answer';

const jsonTypes: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'integer',
  bool: 'boolean',
  float: 'number',
  object: 'object',
};

/** Every operation of the interface by its method and path, as `GET /v3/…`. */
export function routesOf(facts: Interface): ReadonlyMap<string, InterfaceOperation> {
  return new Map(facts.operations.map((each) => [`${each.method} ${each.path}`, each]));
}

/** Every difference once, in the order of the interface; an operation that is not there at all is none. */
export function differences(document: Document, facts: Interface): string[] {
  const found = new Set<string>();
  const routes = routesOf(facts);
  for (const { method, path, operation } of eachOperation(document)) {
    const fact = routes.get(`${method.toUpperCase()} ${path}`);
    if (fact) new Comparison(document, facts, found).operation(operation, fact);
  }
  return [...found];
}

class Comparison {
  readonly #document: Document;
  readonly #facts: Interface;
  readonly #found: Set<string>;

  constructor(document: Document, facts: Interface, found: Set<string>) {
    this.#document = document;
    this.#facts = facts;
    this.#found = found;
  }

  operation(operation: Operation, fact: InterfaceOperation): void {
    const { operationId } = operation;
    this.#query(operation, fact);
    const content = operation.requestBody?.content['application/json'];
    if (fact.body === null) {
      if (content) this.#found.add(`${operationId}: takes a body, the interface has none`);
    } else if (content) this.#object(content.schema, fact.body, 'request');
    else this.#found.add(`${operationId}: takes no body, the interface has ${fact.body}`);

    const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
    const answer = success && resolve(this.#document, success).content?.['application/json'];
    if (answer) this.#object(answer.schema, fact.response, 'answer');
    else if (Object.keys(this.#fields(fact.response)).length > 0) {
      this.#found.add(`${operationId}: answers nothing, the interface has ${fact.response}`);
    }
  }

  #query({ operationId, parameters }: Operation, fact: InterfaceOperation): void {
    const described = parameters.map((each) => resolve(this.#document, each));
    const mine = new Map(described.filter((each) => each.in === 'query').map((each) => [each.name, each]));
    for (const [name, type] of Object.entries(fact.query)) {
      const parameter = mine.get(name);
      if (parameter) this.#type(parameter.schema, type, `${operationId}?${name}`, 'request');
      else this.#found.add(`${operationId}?${name}: missing`);
    }
    for (const name of mine.keys()) {
      if (!(name in fact.query)) this.#found.add(`${operationId}?${name}: not in the interface`);
    }
  }

  #fields(name: string): Readonly<Record<string, Fact>> {
    const schema = this.#facts.schemas[name];
    if (!schema) throw new Error(`the interface has no schema ${name}`);
    return schema.fields;
  }

  #object(given: Schema, name: string, direction: Direction): void {
    for (const schema of this.#alternatives(given)) {
      const { properties = {}, required = [] } = schema;
      const facts = this.#fields(name);
      for (const [key, fact] of Object.entries(facts)) {
        const where = `${name}.${key}`;
        const property = properties[key];
        if (!property) this.#found.add(`${where}: missing`);
        else this.#type(property, fact.type, where, direction);
        const wanted = fact.required === true;
        const isRequired = required.includes(key);
        if (property && wanted && !isRequired) {
          this.#found.add(`${where}: optional here, required in the interface`);
        }
        if (property && direction === 'request' && isRequired && !wanted) {
          this.#found.add(`${where}: required here, optional in the interface`);
        }
      }
      for (const key of Object.keys(properties)) {
        if (!(key in facts)) this.#found.add(`${name}.${key}: not in the interface`);
      }
    }
  }

  #type(schema: Schema, type: string, where: string, direction: Direction): void {
    const item = /^list\[(.*)\]$/.exec(type)?.[1];
    const expected = item === undefined ? (jsonTypes[type] ?? 'object') : 'array';
    const alternatives = this.#alternatives(schema);
    const kinds = new Set(alternatives.map(typeOf));
    if (kinds.size !== 1 || !kinds.has(expected)) {
      this.#found.add(`${where}: ${[...kinds].join(' or ')} here, ${type} in the interface`);
      return;
    }
    if (item !== undefined) {
      for (const { items = {} } of alternatives) this.#type(items, item, `${where}[]`, direction);
    } else if (!(type in jsonTypes)) this.#object(schema, type, direction);
  }

  /** What a value may be, but for null. */
  #alternatives(schema: Schema): Schema[] {
    const found = resolve(this.#document, schema);
    if (found.anyOf) return found.anyOf.flatMap((each) => this.#alternatives(each));
    return found.type === 'null' ? [] : [found];
  }
}

function typeOf(schema: Schema): string {
  const [example = schema.const] = schema.enum ?? [];
  if (schema.type !== undefined) return schema.type;
  return typeof example === 'number' ? 'integer' : typeof example;
}
