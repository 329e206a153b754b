/** The ids that answers have told of, and the places in requests where one of them is to stand. */
import fc from 'fast-check';

/** Stands for an id of what a field or parameter is named after; filled in when the request is sent. */
export function idFor(name: string): fc.Arbitrary<string> {
  return fc.nat({ max: 9999 }).map((at) => `<<${name}:${at}>>`);
}

const placeholder = /<<(\w*):(\d+)>>/g;
const looksLikeId = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** So many of a kind are remembered: those heard of last, since what is older has mostly been deleted. */
const remembered = 12;

export class Ids {
  /** By the last word of the field that named it: `pool` for `default_pool_id` and for what is in `pools`. */
  readonly #byKind = new Map<string, string[]>();
  /** The paths of what was created, with its id behind them. */
  readonly #paths: string[] = [];

  /** Learns from an answer: every text that looks like an id, under the name it has there. */
  learn(answer: unknown, kind = ''): void {
    if (typeof answer === 'string') {
      if (looksLikeId.test(answer)) this.#remember(kindOf(kind), answer);
    } else if (Array.isArray(answer)) {
      for (const each of answer) this.learn(each, kind);
    } else if (answer !== null && typeof answer === 'object') {
      for (const [key, value] of Object.entries(answer)) {
        if (key !== 'request_id' && key !== 'project_id') this.learn(value, key === 'id' ? kind : key);
      }
    }
  }

  /** Learns where something is that was created by a POST to a path. */
  learnPath(path: string, answer: unknown): void {
    for (const value of Object.values((answer ?? {}) as object)) {
      const { id } = (value ?? {}) as { id?: unknown };
      if (typeof id !== 'string') continue;
      this.#paths.push(`${path}/${id}`);
      if (this.#paths.length > remembered * 10) this.#paths.shift();
    }
  }

  /** A text with ids in place of the placeholders: mostly of the kind that the name says. */
  fill(text: string): string {
    return text.replaceAll(placeholder, (_whole, name: string, at: string) => this.#id(name, Number(at)));
  }

  /** A path of the template to something that was created, or else with ids that may not belong together. */
  pathOf(template: string, at: number): string | null {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const fitting = this.#paths.filter((path) => pattern.test(path));
    return fitting[at % Math.max(1, fitting.length)] ?? null;
  }

  #id(name: string, at: number): string {
    const mine = this.#byKind.get(kindOf(name)) ?? [];
    if (mine.length > 0 && at % 16 !== 0) return mine[at % mine.length] ?? '';
    const all = [...this.#byKind.values()].flat();
    return all[at % Math.max(1, all.length)] ?? 'none';
  }

  #remember(kind: string, id: string): void {
    const known = this.#byKind.get(kind) ?? [];
    const at = known.indexOf(id);
    if (at >= 0) known.splice(at, 1);
    known.push(id);
    if (known.length > remembered) known.shift();
    this.#byKind.set(kind, known);
  }
}

const otherNames: Readonly<Record<string, string>> = { ref: 'certificate', refs: 'certificate' };

/** `default_pool_id`, `pools` and `pool` are of one kind. */
function kindOf(name: string): string {
  const last =
    name
      .replace(/_ids?$/, '')
      .split('_')
      .at(-1) ?? '';
  return otherNames[last] ?? last.replace(/s$/, '');
}
