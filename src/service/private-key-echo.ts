/** Whether a project's private keys are answered, or a mask instead (rules digest CE-9 and CE-10). */
import { recordChange } from '../store/change-log.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reader } from '../store/transaction.ts';
import type { Region } from './region.ts';

/** What the audit calls it. */
export const privateKeyEcho = 'private_key_echo';

const settingOf = (projectId: string) => `private-key-echo ${projectId}`;

/** On until it is switched off. */
export async function isPrivateKeyEchoed(db: Reader, projectId: string): Promise<boolean> {
  return (await readSetting(db, settingOf(projectId))) !== 'off';
}

export async function setPrivateKeyEcho(
  { store }: Region,
  projectId: string,
  echoed: boolean,
): Promise<void> {
  await store.write(async (tx) => {
    const before = await isPrivateKeyEchoed(tx.db, projectId);
    if (before === echoed) return;
    await writeSetting(tx, settingOf(projectId), echoed ? 'on' : 'off');
    await recordChange(
      tx,
      { project_id: projectId, type: privateKeyEcho, id: projectId, parent_id: null, operation: 'update' },
      { before: { [privateKeyEcho]: before }, after: { [privateKeyEcho]: echoed } },
    );
  });
}
