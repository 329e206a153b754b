/** Deletes several resources in one transaction, each whole or not at all. */
import type { Refusal } from '../model/errors.ts';
import type { Writer } from '../store/transaction.ts';
import { refusalOf } from './jobs.ts';
import type { Region } from './region.ts';

/** What became of one resource: why it was not deleted, or null when it was. */
export interface Attempt {
  readonly id: string;
  readonly refusal: Refusal | null;
}

/** What became of one resource, as the batch calls answer it that start no job. */
export interface Deleted {
  readonly id: string;
  readonly ret_status: 'successful' | 'not found' | 'failed';
  /** The error code of what was not deleted. */
  readonly ret_code?: string;
}

/** Deletes what can be deleted; an id given twice is there once. */
export async function deleteEach(
  region: Region,
  tx: Writer,
  ids: readonly string[],
  deleteOne: (joined: Region, id: string) => Promise<void>,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const id of ids) {
    attempts.push({ id, refusal: await refusalOf(region, tx, (joined) => deleteOne(joined, id)) });
  }
  return attempts;
}

/** As `deleteEach`, in a transaction of its own and in the words of an answer. */
export async function deleteBatch(
  region: Region,
  ids: readonly string[],
  deleteOne: (joined: Region, id: string) => Promise<void>,
): Promise<Deleted[]> {
  const attempts = await region.store.write((tx) => deleteEach(region, tx, ids, deleteOne));
  return attempts.map(({ id, refusal }) => {
    if (!refusal) return { id, ret_status: 'successful' };
    // An id that cannot be one (400) is found no more than one that nothing has.
    const isFound = refusal.status === 403 || refusal.status === 409;
    return { id, ret_status: isFound ? 'failed' : 'not found', ret_code: refusal.code };
  });
}
