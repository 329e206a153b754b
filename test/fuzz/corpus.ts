/** Bodies that were taken, to be sent again with changes: what is nearly right comes deeper than what is made up. */

/** So many of an operation are kept. */
const kept = 30;

const id = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export class Corpus {
  readonly #bodies = new Map<string, string[]>();

  /** @param operation as `POST /v3/{project_id}/elb/pools` */
  learn(operation: string, text: string): void {
    const bodies = this.#bodies.get(operation) ?? [];
    if (text.length > 20_000 || bodies.includes(text)) return;
    bodies.push(text);
    if (bodies.length > kept) bodies.shift();
    this.#bodies.set(operation, bodies);
  }

  /** One of those taken, about other resources, at other ports and addresses; undefined when there is none. */
  body(operation: string, at: number): unknown {
    const bodies = this.#bodies.get(operation);
    const text = bodies?.[at % bodies.length];
    if (text === undefined) return undefined;
    return JSON.parse(text, (key, value: unknown) => {
      if (typeof value === 'string' && id.test(value) && !key.includes('subnet') && key !== 'vpc_id') {
        return `<<${/^\d*$/.test(key) ? 'any' : key}:${at}>>`;
      }
      if (key === 'protocol_port' && typeof value === 'number' && value > 0)
        return 1 + ((value + at) % 60_000);
      if (key === 'address' && typeof value === 'string')
        return value.replace(/\d+$/, String(2 + (at % 250)));
      return value;
    });
  }
}
