import type { TlsSettings } from '../configuration.ts';

/** Finds what belongs to the name that a client asks for (rules digest 4.7). */
export class ServerNames<T> {
  readonly #byName: ReadonlyMap<string, T>;
  readonly #match: TlsSettings['nameMatch'];

  /** @param byName lower-case names; the first label may be `*` */
  constructor(byName: ReadonlyMap<string, T>, match: TlsSettings['nameMatch']) {
    this.#byName = byName;
    this.#match = match;
  }

  /** The name itself before any wildcard; of several wildcards the longest. */
  find(serverName: string): T | undefined {
    const name = serverName.toLowerCase();
    const exact = this.#byName.get(name);
    if (exact !== undefined) return exact;
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const found = this.#byName.get(`*${name.slice(dot)}`);
      if (found !== undefined || this.#match === 'wildcard') return found;
    }
    return undefined;
  }
}
