/** The domain's users with their passwords and access keys. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { derivedId } from '../derived-id.ts';
import type { Permissions } from './permissions.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** A user as declared. */
export interface UserDeclaration {
  readonly name: string;
  readonly password?: string;
  readonly accessKeys: readonly { readonly access: string; readonly secret: string }[];
  readonly projectIds: readonly string[];
  /** Null for everything in its projects. */
  readonly permissions: Permissions | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly projectIds: ReadonlySet<string>;
  /** What it may do; null for everything in its projects. */
  readonly permissions: Permissions | null;
}

interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export class Directory {
  readonly domain: { readonly id: string; readonly name: string };
  readonly #users = new Map<string, User>();
  readonly #passwords = new Map<string, PasswordHash>();
  readonly #accessKeys = new Map<string, { secret: string; user: User }>();

  private constructor(domain: string) {
    this.domain = { id: derivedId(`domain ${domain}`).replaceAll('-', ''), name: domain };
  }

  /** Passwords are kept only as scrypt hashes; secret keys as they are, since signatures are made with them. */
  static async of(domain: string, declarations: readonly UserDeclaration[]): Promise<Directory> {
    const directory = new Directory(domain);
    for (const { name, password, accessKeys, projectIds, permissions } of declarations) {
      const id = derivedId(`user ${domain} ${name}`).replaceAll('-', '');
      const user = { id, name, projectIds: new Set(projectIds), permissions };
      directory.#users.set(id, user);
      if (password !== undefined) directory.#passwords.set(id, await hashPassword(password));
      for (const { access, secret } of accessKeys) directory.#accessKeys.set(access, { secret, user });
    }
    return directory;
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  userNamed(name: string): User | undefined {
    return [...this.#users.values()].find((user) => user.name === name);
  }

  accessKey(access: string): { readonly secret: string; readonly user: User } | undefined {
    return this.#accessKeys.get(access);
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
