/** What the tests show of each field, read from their sources. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A call as `evidence('member.weight', 'traffic', ['…'])`, with literals only. */
const call = /\bevidence\(\s*'(\w+\.\w+)',\s*'(enforced|traffic)'(?:,\s*\[([^\]]*)\])?,?\s*\)/g;

export interface Evidence {
  readonly kind: 'enforced' | 'traffic';
  /** The test file, from the root of the repository. */
  readonly file: string;
  /** The words of the field that it is shown for; none for all of them. */
  readonly values: readonly string[];
}

/**
 * All evidence by field, as `member.weight`, in the order of the files.
 *
 * @throws Error for a call that cannot be read without running it
 */
export function readEvidence(): ReadonlyMap<string, readonly Evidence[]> {
  const found = new Map<string, Evidence[]>();
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).toSorted();
  for (const file of files) {
    const source = readFileSync(`${root}/${file}`, 'utf8');
    const calls = [...source.matchAll(call)];
    if (calls.length !== source.split(/\bevidence\(/).length - 1) {
      throw new Error(`${file}: evidence is given in literals: evidence('member.weight', 'traffic')`);
    }
    for (const [, name = '', kind = '', list = ''] of calls) {
      const values = [...list.matchAll(/'([^']+)'/g)].map(([, value = '']) => value);
      const evidence = { kind: kind as Evidence['kind'], file, values };
      found.set(name, [...(found.get(name) ?? []), evidence]);
    }
  }
  return found;
}
