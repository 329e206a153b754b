/** The keys by which the parts of a document name each other. */
import type { Entry } from '../../model/graph.ts';
import type { PartName } from '../../model/graph-parts.ts';

/**
 * A key for each part of one kind: its name if it is the only one of that name, else its name with a number.
 * A comma would not do, since a list of IP groups is written with commas between.
 */
export function keysFor(
  kind: PartName,
  records: readonly { readonly id: string; readonly name: string }[],
): Map<string, string> {
  const named = Map.groupBy(records, ({ name }) => name);
  const keys = new Map<string, string>();
  const taken = new Set(records.map(({ name }) => name));
  for (const { id, name } of records) {
    if (name !== '' && !name.includes(',') && named.get(name)?.length === 1) {
      keys.set(id, name);
      continue;
    }
    const stem = (name || kind).replaceAll(',', ' ').slice(0, 240);
    let number = 1;
    while (taken.has(`${stem} ${number}`)) number++;
    taken.add(`${stem} ${number}`);
    keys.set(id, `${stem} ${number}`);
  }
  return keys;
}

/** The key of an entry; empty for one that nothing can refer to. */
export function keyOf({ key, name }: Entry): string {
  return key ?? String(name ?? '');
}
