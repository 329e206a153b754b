/** What listeners in the recycle bin refer to stays, so that they come back whole (rules digest 3.12). */
import { conflict } from '../model/errors.ts';
import { type Listener, listener } from '../model/listener.ts';
import { archivedRecords } from '../store/archive.ts';
import type { Reader } from '../store/transaction.ts';

/**
 * Refuses to delete what a listener in the recycle bin uses.
 *
 * @param label how the message names it
 */
export async function checkNotRecycled(
  db: Reader,
  label: string,
  { id, project_id }: { readonly id: string; readonly project_id: string },
  uses: (listener: Listener) => boolean,
): Promise<void> {
  const using = (await archivedRecords(db, listener, project_id)).find(uses);
  if (!using) return;
  throw conflict(
    `The ${label} ${id} is in use by listener ${using.id} of load balancer ${using.loadbalancer_id} in the ` +
      'recycle bin; restore or delete that first.',
  );
}
