/** Bodies: made for an operation's schema, then changed in their structure or in their text, or not at all. */
import fc from 'fast-check';
import type { Schema } from './operations.ts';
import { oddName, oddText } from './texts.ts';
import { oddValue, valueFor } from './values.ts';

/** One change of one node of a value. */
interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'wrap';
  readonly name: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 500 }),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap'),
  name: fc.oneof(oddName, oddText),
  value: oddValue,
});

type Container = Record<string, unknown>;

/** The containers of a value and the keys in them, walked without recursion. */
function nodesOf(root: unknown): { within: Container; key: string }[] {
  const nodes: { within: Container; key: string }[] = [];
  const waiting = [root];
  while (waiting.length > 0 && nodes.length < 500) {
    const value = waiting.shift();
    if (value === null || typeof value !== 'object') continue;
    for (const key of Object.keys(value)) {
      nodes.push({ within: value as Container, key });
      waiting.push((value as Container)[key]);
    }
  }
  return nodes;
}

function changed(body: unknown, changes: readonly Change[]): unknown {
  const root = { body };
  for (const { at, how, name, value: shared } of changes) {
    // Other requests have the same value, and may not find it changed.
    const value: unknown = JSON.parse(written(shared));
    const nodes = nodesOf(root);
    const node = nodes[at % nodes.length];
    if (!node) continue;
    if (how === 'replace') set(node.within, node.key, value);
    else if (how === 'remove') delete node.within[node.key];
    else if (how === 'wrap') set(node.within, node.key, [node.within[node.key]]);
    else if (Array.isArray(node.within)) node.within.push(value);
    else set(node.within, name, value);
  }
  return root.body;
}

/** Also under names that a plain assignment takes for something else. */
function set(within: Container, key: string, value: unknown): void {
  Object.defineProperty(within, key, { value, enumerable: true, configurable: true, writable: true });
}

type Rewrite = (text: string) => Buffer;
const utf8 =
  (rewrite: (text: string) => string): Rewrite =>
  (text) =>
    Buffer.from(rewrite(text));

/** Bodies that are nearly JSON, or JSON that its readers do not agree about. */
const rewrites: readonly Rewrite[] = [
  utf8((text) => text.slice(0, text.length / 2)),
  utf8((text) => `${text}x`),
  utf8((text) => `${text}${text}`),
  utf8((text) => `\u{feff}${text}`),
  utf8((text) => `/* */${text}`),
  utf8((text) => text.replaceAll('"', "'")),
  utf8((text) => text.replace(/"(\w+)":/, '"$1":1,"$1":')),
  utf8((text) => text.replaceAll(/"(\w+)":/g, '"$1":null,"$1":')),
  utf8((text) => text.replaceAll('{', '{"__proto__":{"polluted":1},')),
  utf8((text) => text.replaceAll('{', '{"constructor":{"prototype":{"polluted":1}},')),
  utf8((text) => text.replace(/:(\d+)/, ':1e400')),
  utf8((text) => text.replace(/:(\d+)/, ':-0')),
  utf8((text) => text.replace(/:(\d+)/, ':0$1')),
  utf8((text) => text.replace(/:(\d+)/, ':$1.0000000000000001')),
  utf8((text) => text.replace(/:"[^"]*"/, ':"\\ud83d"')),
  utf8((text) => text.replace(/:"[^"]*"/, ':"a\\u0000b"')),
  utf8((text) => text.replace(/"(\w+)":/, '"\\u0000$1":')),
  utf8((text) =>
    text.replace(/"(\w)(\w*)":/, (_all, first: string, rest: string) => {
      return `"\\u00${first.charCodeAt(0).toString(16)}${rest}":`;
    }),
  ),
  utf8(() => '['.repeat(100_000)),
  utf8((text) => `${'['.repeat(5000)}${text}${']'.repeat(5000)}`),
  utf8((text) => text.replaceAll(/[{,]/g, (mark) => `${mark}\n\t `)),
  utf8(() => ''),
  utf8(() => 'null'),
  utf8(() => '"text"'),
  utf8((text) => `${text}${' '.repeat(1_100_000)}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text.replace(/:"/, ':"\xe9\xff'), 'latin1'),
  // A NUL that is encoded in two bytes, and a surrogate in three.
  (text) => Buffer.from(text.replace(/:"/, ':"\xc0\x80'), 'latin1'),
  (text) => Buffer.from(text.replace(/:"/, ':"\xed\xa0\x80'), 'latin1'),
  (text) => Buffer.concat([Buffer.from(text), Buffer.alloc(10)]),
];

export interface Body {
  readonly generated: unknown;
  /** Which of the bodies that were taken stands in its place, if there are any. */
  readonly reused: number | null;
  readonly changes: readonly Change[];
  /** Which of the rewrites; null for none. */
  readonly rewrite: number | null;
  /** Instead of all that. */
  readonly garbage: string | null;
}

export function bodyFor(schema: Schema | undefined): fc.Arbitrary<Body | null> {
  const none = fc.constant(null);
  const nothing = { generated: null, reused: null, changes: [], rewrite: null };
  const garbage = oddText.map((text) => ({ ...nothing, garbage: text }));
  if (!schema) {
    return fc.oneof({ weight: 20, arbitrary: none }, { weight: 1, arbitrary: garbage });
  }
  const body = fc.record({
    generated: valueFor(schema, 'body'),
    reused: fc.option(fc.nat({ max: 99_999 }), { freq: 2, nil: null }),
    changes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
    ),
    rewrite: fc.oneof(
      { weight: 12, arbitrary: none },
      { weight: 1, arbitrary: fc.nat({ max: rewrites.length - 1 }) },
    ),
    garbage: none,
  });
  return fc.oneof({ weight: 30, arbitrary: body }, { weight: 1, arbitrary: fc.oneof(garbage, none) });
}

function written(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/**
 * @param reused what was taken for the operation, by number
 * @param fill puts ids in place of their placeholders
 */
export function bytesOf(
  body: Body | null,
  reused: (at: number) => unknown,
  fill: (text: string) => string,
): Buffer {
  if (!body) return Buffer.alloc(0);
  if (body.garbage !== null) return Buffer.from(body.garbage);
  const taken = body.reused === null ? undefined : reused(body.reused);
  const value = taken ?? JSON.parse(written(body.generated));
  const text = fill(written(changed(value, body.changes)));
  const rewrite = body.rewrite === null ? undefined : rewrites[body.rewrite];
  return rewrite ? rewrite(text) : Buffer.from(text);
}
