/** The domain's users with their passwords and declared access keys. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { derivedId } from '../derived-id.ts';
import { InventoryError } from '../inventory.ts';
import type { Permissions } from './permissions.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** A user as declared. */
export interface UserDeclaration {
  readonly name: string;
  readonly password?: string;
  readonly accessKeys: readonly { readonly access: string; readonly secret: string }[];
  /** Kept as it is: projects that are added to it later are the user's too. */
  readonly projectIds: ReadonlySet<string>;
  /** Null for everything in its projects. */
  readonly permissions: Permissions | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly projectIds: ReadonlySet<string>;
  /** What it may do; null for everything in its projects. */
  readonly permissions: Permissions | null;
  /** Whether it is the user of the installation's own credentials. */
  readonly isAdministrator: boolean;
}

interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export class Directory {
  readonly domain: { readonly id: string; readonly name: string };
  /** The declared access keys, by their ids. */
  readonly accessKeys: ReadonlyMap<string, { readonly secret: string; readonly userId: string }>;
  readonly #users = new Map<string, User>();
  readonly #passwords = new Map<string, PasswordHash>();

  private constructor(domain: string, accessKeys: Directory['accessKeys']) {
    this.domain = { id: derivedId(`domain ${domain}`).replaceAll('-', ''), name: domain };
    this.accessKeys = accessKeys;
  }

  /**
   * Passwords are kept only as scrypt hashes; secret keys as they are, since signatures are made with them.
   *
   * @param declarations the first is the administrator
   * @throws InventoryError when two have the same name or access key
   */
  static async of(domain: string, declarations: readonly UserDeclaration[]): Promise<Directory> {
    const keys = new Map<string, { secret: string; userId: string }>();
    const directory = new Directory(domain, keys);
    for (const [index, { name, password, accessKeys, projectIds, permissions }] of declarations.entries()) {
      const id = derivedId(`user ${domain} ${name}`).replaceAll('-', '');
      if (directory.#users.has(id)) throw new InventoryError(`two users have the name ${name}`);
      directory.#users.set(id, { id, name, projectIds, permissions, isAdministrator: index === 0 });
      if (password !== undefined) directory.#passwords.set(id, await hashPassword(password));
      for (const { access, secret } of accessKeys) {
        if (keys.has(access)) throw new InventoryError(`two users have the access key ${access}`);
        keys.set(access, { secret, userId: id });
      }
    }
    return directory;
  }

  get users(): readonly User[] {
    return [...this.#users.values()];
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  userNamed(name: string): User | undefined {
    return this.users.find((user) => user.name === name);
  }

  /** Takes the same time for an unknown user and for a wrong password. */
  async hasPassword(user: User | undefined, password: string): Promise<boolean> {
    const known = user && this.#passwords.get(user.id);
    const { salt, hash } = known ?? nobody;
    const derived = await derive(password, salt, hash.length);
    return timingSafeEqual(derived, hash) && known !== undefined;
  }
}

const nobody: PasswordHash = { salt: randomBytes(16), hash: randomBytes(32) };

async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt, hash: await derive(password, salt, 32) };
}
