/** An identity service by itself, over a store of its own and with a clock that the test holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Directory, type UserDeclaration } from '../../src/service/identity/directory.ts';
import { Identity } from '../../src/service/identity/identity.ts';
import { Secrets } from '../../src/service/secrets.ts';
import { Store } from '../../src/store/store.ts';

export interface TestIdentity extends AsyncDisposable {
  readonly identity: Identity;
  /** Moves the clock on. */
  readonly wait: (ms: number) => void;
  /** The same again over the same store, as after a restart, perhaps with other users. */
  readonly restarted: (users?: readonly UserDeclaration[]) => Promise<Identity>;
}

export async function openTestIdentity(users: readonly UserDeclaration[]): Promise<TestIdentity> {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-identity-'));
  const store = await Store.open({ directory });
  let now = Date.parse('2026-01-31T12:00:00Z');
  const open = async (declared: readonly UserDeclaration[]) =>
    Identity.open({
      region: { store, secrets: new Secrets('secrets-key') },
      directory: await Directory.of('elbow', declared),
      tokenKey: 'token-key',
      clock: () => new Date(now),
    });
  return {
    identity: await open(users),
    wait: (ms) => {
      now += ms;
    },
    restarted: (others = users) => open(others),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
