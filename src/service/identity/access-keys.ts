/**
 * The permanent access keys of users: those that are declared, and those that were made through the API. All are
 * kept in memory too, where every signed call looks for one.
 */
import { conflict, notFound, quotaExceeded } from '../../model/errors.ts';
import type { Caller } from '../../model/operation.ts';
import { noProject, recordChange } from '../../store/change-log.ts';
import type { AccessKeyRow } from '../../store/schema.ts';
import type { Writer } from '../../store/transaction.ts';
import type { Region } from '../region.ts';
import { checkMayMakeAccessKeys, mayManage } from './authority.ts';
import type { Directory, User } from './directory.ts';
import { newAccessKey } from './new-access-key.ts';

export interface AccessKey {
  readonly access: string;
  readonly userId: string;
  readonly status: 'active' | 'inactive';
  readonly description: string;
  /** Milliseconds since the epoch; null for a declared key, which nobody made. */
  readonly createdAt: number | null;
}

interface KnownKey extends AccessKey {
  /** Null when it was sealed with another key than the installation has now: such a key signs nothing. */
  readonly secret: string | null;
}

/** What the audit calls a key. */
export const accessKeyType = 'access_key';

/** How many permanent keys a user may have, as in the cloud: the one in use, and the one that replaces it. */
const maxKeys = 2;

export class AccessKeys {
  readonly #region: Pick<Region, 'store' | 'secrets'>;
  readonly #directory: Directory;
  readonly #known = new Map<string, KnownKey>();

  private constructor(region: Pick<Region, 'store' | 'secrets'>, directory: Directory) {
    this.#region = region;
    this.#directory = directory;
  }

  static async open(region: Pick<Region, 'store' | 'secrets'>, directory: Directory): Promise<AccessKeys> {
    const keys = new AccessKeys(region, directory);
    for (const [access, { secret, userId }] of directory.accessKeys) {
      keys.#known.set(access, { access, userId, status: 'active', description: '', createdAt: null, secret });
    }
    const { store, secrets } = region;
    const rows = await store.reader.selectFrom('access_keys').selectAll().orderBy('created_at').execute();
    for (const row of rows) {
      if (directory.accessKeys.has(row.access)) continue;
      keys.#known.set(row.access, { ...keyOf(row), secret: secrets.open(row.sealed_secret, placeOf(row)) });
    }
    return keys;
  }

  /** The secret of a key that may be used, with its user. */
  secretOf(access: string): { readonly secret: string; readonly user: User } | undefined {
    const key = this.#known.get(access);
    const user = key && this.#directory.user(key.userId);
    return user && key.status === 'active' && key.secret !== null ? { secret: key.secret, user } : undefined;
  }

  /** Whether there is such a key, usable or not. */
  has(access: string): boolean {
    return this.#known.has(access);
  }

  /**
   * The keys of a user: the declared ones, then the others in the order in which they were made.
   *
   * @throws Refusal for a user that is not there for the caller
   */
  list(caller: Caller, userId: string): AccessKey[] {
    this.#requireUser(caller, userId);
    return [...this.#known.values()].filter((key) => key.userId === userId);
  }

  /** @throws Refusal for a key that is not there for the caller */
  show(caller: Caller, access: string): AccessKey {
    const key = this.#known.get(access);
    if (!key || !mayManage(caller, key.userId)) throw notFound('access key', access);
    return key;
  }

  /**
   * Makes a key, usable from now on. Its secret is told here and never again.
   *
   * @throws Refusal for a user that is not there for the caller, and for one that has as many keys as it may
   */
  async create(
    caller: Caller,
    { userId, description }: Pick<AccessKey, 'userId' | 'description'>,
  ): Promise<AccessKey & { readonly secret: string }> {
    this.#requireUser(caller, userId);
    checkMayMakeAccessKeys(caller);
    const { access, secret } = newAccessKey();
    const { store, secrets } = this.#region;
    const row = await store.write(async (tx) => {
      const made = await tx.db
        .selectFrom('access_keys')
        .select('access')
        .where('user_id', '=', userId)
        .execute();
      const declared = [...this.#directory.accessKeys.values()].filter((key) => key.userId === userId);
      if (made.length + declared.length >= maxKeys) throw quotaExceeded(accessKeyType, maxKeys);
      const inserted: AccessKeyRow = {
        ...{ access, user_id: userId, status: 'active', description, created_at: tx.at.getTime() },
        sealed_secret: secrets.seal(secret, placeOf({ access })),
      };
      await tx.db.insertInto('access_keys').values(inserted).execute();
      await note(tx, 'create', null, inserted);
      return inserted;
    });
    this.#known.set(access, { ...keyOf(row), secret });
    return { ...keyOf(row), secret };
  }

  /**
   * Changes a key, which holds for every call from now on.
   *
   * @throws Refusal for a key that is not there for the caller, and for a declared one
   */
  async update(
    caller: Caller,
    access: string,
    changes: Partial<Pick<AccessKey, 'status' | 'description'>>,
  ): Promise<AccessKey> {
    this.#requireOwn(caller, access);
    const row = await this.#region.store.write(async (tx) => {
      const before = await findRow(tx, access);
      const after = { ...before, ...changes };
      if (after.status === before.status && after.description === before.description) return before;
      await tx.db.updateTable('access_keys').set(changes).where('access', '=', access).execute();
      await note(tx, 'update', before, after);
      return after;
    });
    const secret = this.#region.secrets.open(row.sealed_secret, placeOf(row));
    this.#known.set(access, { ...keyOf(row), secret });
    return keyOf(row);
  }

  /**
   * Deletes a key, which no call can be signed with from now on.
   *
   * @throws Refusal for a key that is not there for the caller, and for a declared one
   */
  async delete(caller: Caller, access: string): Promise<void> {
    this.#requireOwn(caller, access);
    await this.#region.store.write(async (tx) => {
      const row = await findRow(tx, access);
      await tx.db.deleteFrom('access_keys').where('access', '=', access).execute();
      await note(tx, 'delete', row, null);
    });
    this.#known.delete(access);
  }

  #requireUser(caller: Caller, userId: string): void {
    if (!this.#directory.user(userId) || !mayManage(caller, userId)) throw notFound('user', userId);
  }

  #requireOwn(caller: Caller, access: string): void {
    this.show(caller, access);
    if (this.#directory.accessKeys.has(access)) {
      throw conflict(
        `The access key ${access} is declared in the inventory or in credentials.json; change it there and restart.`,
      );
    }
  }
}

async function findRow({ db }: Writer, access: string): Promise<AccessKeyRow> {
  const row = await db.selectFrom('access_keys').selectAll().where('access', '=', access).executeTakeFirst();
  if (!row) throw notFound('access key', access);
  return row;
}

function keyOf({ access, user_id, status, description, created_at }: AccessKeyRow): AccessKey {
  return { access, userId: user_id, status, description, createdAt: created_at };
}

function placeOf({ access }: Pick<AccessKeyRow, 'access'>): string {
  return `access key ${access}`;
}

async function note(
  tx: Writer,
  operation: 'create' | 'update' | 'delete',
  before: AccessKeyRow | null,
  after: AccessKeyRow | null,
): Promise<void> {
  const { access: id = '', user_id: parent_id = null } = after ?? before ?? {};
  const kept = (row: AccessKeyRow | null) =>
    row && { user_id: row.user_id, status: row.status, description: row.description };
  const change = { project_id: noProject, type: accessKeyType, id, parent_id, operation };
  await recordChange(tx, change, { before: kept(before), after: kept(after) });
}
