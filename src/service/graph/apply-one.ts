/** A part of which another has one at most: a monitor, a logtank, the names in DNS. */
import type { Entry } from '../../model/graph.ts';
import type { Application } from './application.ts';
import type { KeptPart, There } from './keepers.ts';

/**
 * @param there null when there is none
 * @param wanted undefined when there is to be none
 */
export async function applyOne(
  application: Application,
  kind: KeptPart,
  parentId: string,
  there: There | null,
  wanted: Entry | undefined,
): Promise<void> {
  if (wanted && there) await application.change(kind, nameOf(wanted), parentId, there, wanted);
  else if (wanted) await application.make(kind, nameOf(wanted), parentId, wanted);
  else if (there) await application.drop(kind, nameOf(there.entry), parentId, there.id);
}

function nameOf(entry: Entry): string {
  return String(entry['name'] ?? '');
}
