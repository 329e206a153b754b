/** Whether a project's private keys are answered, or a mask instead (rules digest CE-9 and CE-10). */
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reader } from '../store/transaction.ts';
import type { Region } from './region.ts';

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
  await store.write((tx) => writeSetting(tx, settingOf(projectId), echoed ? 'on' : 'off'));
}
