/** What a token is given for: a password, or a token that is still good, and for what it shall be. */
import { invalid, unauthenticated } from '../../model/errors.ts';
import type { Inventory } from '../inventory.ts';
import type { Directory, User } from './directory.ts';
import type { Identity } from './identity.ts';
import type { TokenClaims } from './tokens.ts';

interface Named {
  readonly id?: string;
  readonly name?: string;
}

/** Who asks, as the identity API words it. */
export interface ShownIdentity {
  readonly methods: readonly string[];
  readonly password?: { readonly user: Named & { readonly password: string; readonly domain?: Named } };
  readonly token?: { readonly id: string };
}

/** What a token shall be for. */
export interface AskedScope {
  readonly project?: Named & { readonly domain?: Named };
  readonly domain?: Named;
}

/** What one method has shown. */
interface Proof {
  readonly user: User;
  readonly methods: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/**
 * Issues a token to whoever shows who it is.
 *
 * @throws Refusal (401) for what shows nobody, alike for users that are known and not; (400) for other methods
 */
export async function logIn(
  identity: Identity,
  inventory: Inventory,
  shown: ShownIdentity,
  scope: AskedScope | undefined,
): Promise<{ token: string; claims: TokenClaims; user: User }> {
  const proofs: Proof[] = [];
  for (const method of new Set(shown.methods)) proofs.push(await proofOf(method, identity, shown));
  const [{ user } = { user: undefined }, ...others] = proofs;
  if (!user || others.some((other) => other.user !== user)) {
    throw unauthenticated('The methods show different users; send what shows one.');
  }
  const projectId = projectOf(identity.directory, inventory, user, scope);
  const methods = [...new Set(proofs.flatMap((proof) => proof.methods))];
  // As in Keystone: who has got hold of a token must not be able to keep it alive for ever.
  const notAfter = Math.min(...proofs.map((proof) => proof.notAfter));
  return { ...identity.tokens.issue({ userId: user.id, projectId, methods }, notAfter), user };
}

async function proofOf(method: string, identity: Identity, shown: ShownIdentity): Promise<Proof> {
  if (method === 'password' && shown.password) {
    const user = await userWithPassword(identity.directory, shown.password.user);
    return { user, methods: [method], notAfter: Number.POSITIVE_INFINITY };
  }
  if (method === 'token' && shown.token) {
    const { user, claims } = identity.claimsOf(shown.token.id);
    return { user, methods: [...claims.methods, method], notAfter: claims.expiresAt };
  }
  throw invalid(
    'auth.identity.methods',
    'expected password with a password object, or token with a token object; there are no agencies to assume.',
  );
}

async function userWithPassword(
  directory: Directory,
  { id, name, password, domain }: NonNullable<ShownIdentity['password']>['user'],
): Promise<User> {
  const named = id !== undefined ? directory.user(id) : directory.userNamed(name ?? '');
  const user = isOurs(directory, domain) ? named : undefined;
  if ((await directory.hasPassword(user, password)) && user) return user;
  const claimant = user ? { user: { id: user.id, name: user.name } } : {};
  throw unauthenticated('The user name or the password is wrong.', claimant);
}

/** The project of a scope; null for the domain. Without a scope it is the user's first project. */
function projectOf(
  directory: Directory,
  inventory: Inventory,
  user: User,
  { project, domain }: AskedScope = {},
): string | null {
  if (project && domain) throw invalid('auth.scope', 'it names a project and a domain; give one of them.');
  const mine = [...user.projectIds].flatMap((id) => inventory.projects.get(id) ?? []);
  const isAsked = ({ id, name }: Named) => (project?.id ?? id) === id && (project?.name ?? name) === name;
  const found = mine.find(isAsked);
  if (!isOurs(directory, domain ?? project?.domain) || (!domain && !found)) {
    throw unauthenticated('The scope names a project or domain that the user has no part in.', {
      user: { id: user.id, name: user.name },
    });
  }
  return domain ? null : (found?.id ?? null);
}

/** Whether a domain, as far as it is named, is the one that there is. */
function isOurs({ domain }: Directory, { id = domain.id, name = domain.name }: Named = {}): boolean {
  return id === domain.id && name === domain.name;
}
