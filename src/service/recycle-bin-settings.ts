/** Whether a project has a recycle bin, and how long what is in it stays (rules digest 3.12). */
import { isDeepStrictEqual } from 'node:util';
import { conflict } from '../model/errors.ts';
import type { RecycleBin, RecycleBinPolicy } from '../model/recycle-bin.ts';
import { recordChange } from '../store/change-log.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import type { Region } from './region.ts';

/** The longest stay, and at once (rules digest O4). */
const fresh: RecycleBin = { enable: false, policy: { retention_hour: 168, recycle_threshold_hour: 0 } };

/** What the audit calls it. */
export const recycleBinSettings = 'recycle_bin';

const settingOf = (projectId: string) => `recycle-bin ${projectId}`;

export async function readRecycleBin(db: Reader, projectId: string): Promise<RecycleBin> {
  const stored = await readSetting(db, settingOf(projectId));
  return stored === undefined ? fresh : JSON.parse(stored);
}

export function showRecycleBin({ store }: Region, projectId: string): Promise<RecycleBin> {
  return readRecycleBin(store.reader, projectId);
}

/** Switches the recycle bin on, or off when it is empty. */
export async function enableRecycleBin(
  { store }: Region,
  projectId: string,
  enable: boolean,
): Promise<RecycleBin> {
  return store.write(async (tx) => {
    const before = await readRecycleBin(tx.db, projectId);
    const bin = { ...before, enable };
    const kept = await tx.db
      .selectFrom('recycled_loadbalancers')
      .select('id')
      .where('project_id', '=', projectId)
      .orderBy('id')
      .executeTakeFirst();
    if (!enable && kept) {
      throw conflict(
        `The load balancer ${kept.id} is in the recycle bin; restore or delete all that is in it before ` +
          'switching it off.',
      );
    }
    return change(tx, projectId, before, bin);
  });
}

/** Changes what is asked for of the policy. What is in the bin already stays as long as it was told. */
export async function changeRecycleBinPolicy(
  { store }: Region,
  projectId: string,
  changed: Partial<RecycleBinPolicy>,
): Promise<RecycleBin> {
  return store.write(async (tx) => {
    const before = await readRecycleBin(tx.db, projectId);
    if (!before.enable) {
      throw conflict('The recycle bin is switched off; set recycle_bin.enable to true first.');
    }
    return change(tx, projectId, before, { ...before, policy: { ...before.policy, ...changed } });
  });
}

async function change(
  tx: Writer,
  projectId: string,
  before: RecycleBin,
  after: RecycleBin,
): Promise<RecycleBin> {
  if (isDeepStrictEqual(before, after)) return after;
  await writeSetting(tx, settingOf(projectId), JSON.stringify(after));
  await recordChange(
    tx,
    { project_id: projectId, type: recycleBinSettings, id: projectId, parent_id: null, operation: 'update' },
    { before: { ...before }, after: { ...after } },
  );
  return after;
}
