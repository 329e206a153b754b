/** The schemas that a document names once and refers to. */
import type { DocumentedSchema } from './schema.ts';

/**
 * Collects the named schemas of a document. A schema is named by its title; the same schema without the title, as it
 * may be built a second time, is recognized by what it says.
 */
export class Components {
  readonly #named = new Map<string, DocumentedSchema>();
  readonly #titles = new Map<string, string>();

  /**
   * Learns the names in a schema; to be called with every schema before the first is referred to.
   *
   * @throws Error when two schemas have one name
   */
  learn(schema: DocumentedSchema): void {
    for (const inner of innerSchemas(schema)) this.learn(inner);
    const { title } = schema;
    if (title === undefined) return;
    const identity = identityOf(schema);
    if ((this.#titles.get(identity) ?? title) !== title) return;
    if (this.#named.has(title) && !this.#titles.has(identity)) {
      throw new Error(`two schemas are named ${title}: ${JSON.stringify(schema)}`);
    }
    this.#titles.set(identity, title);
    this.#named.set(title, schema);
  }

  /** The schema with a reference for each named one in it, and for itself when it is one. */
  refer(schema: DocumentedSchema): DocumentedSchema {
    const title = this.#titles.get(identityOf(schema));
    if (title === undefined) return this.#inside(schema);
    const { description } = schema;
    const own = this.#named.get(title)?.description;
    return {
      $ref: `#/components/schemas/${title}`,
      ...(description === undefined || description === own ? {} : { description }),
      ...(schema.examples ? { examples: schema.examples } : {}),
    };
  }

  /** Every named schema, in the order of the names. */
  schemas(): Record<string, DocumentedSchema> {
    const sorted = [...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([title, schema]) => [title, this.#inside(schema)]));
  }

  /** The schema with references for what is in it. */
  #inside(schema: DocumentedSchema): DocumentedSchema {
    const { properties, items, anyOf } = schema;
    return {
      ...schema,
      ...(properties && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, inner]) => [key, this.refer(inner)]),
        ),
      }),
      ...(items && { items: this.refer(items) }),
      ...(anyOf && { anyOf: anyOf.map((inner) => this.refer(inner)) }),
    };
  }
}

function innerSchemas({ properties = {}, items, anyOf = [] }: DocumentedSchema): DocumentedSchema[] {
  return [...Object.values(properties), ...(items ? [items] : []), ...anyOf];
}

/** What a schema takes, whatever is said about it; only objects are worth a name. */
function identityOf(schema: DocumentedSchema): string {
  const { title, description, default: byDefault, examples, ...rest } = schema;
  return schema.properties ? JSON.stringify(rest) : JSON.stringify({ title, ...rest });
}
