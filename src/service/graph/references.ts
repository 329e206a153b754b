/** Keys and ids: what in an entry names another part. */
import type { Part, Reference } from '../../model/graph-parts.ts';

type Fields = Readonly<Record<string, unknown>>;
type Rename = (to: Reference['to'], name: string) => string;

/** The entry with each name of another part replaced. */
export function renamed(part: Part, entry: Fields, rename: Rename): Fields {
  return part.references.reduce<Fields>(
    (renaming, { path, to, several = false }) =>
      replaced(renaming, path, (name) =>
        several
          ? name
              .split(',')
              .map((each) => rename(to, each))
              .join()
          : rename(to, name),
      ) as Fields,
    entry,
  );
}

function replaced(value: unknown, path: readonly string[], replace: (text: string) => string): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' && value !== '' ? replace(value) : value;
  if (step === '*') {
    return Array.isArray(value) ? value.map((item) => replaced(item, rest, replace)) : value;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: replaced((value as Fields)[step], rest, replace) };
}
