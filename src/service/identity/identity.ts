/** Who a caller is: by token or by signature. */
import { unauthenticated } from '../../model/errors.ts';
import type { Caller, Credential } from '../../model/operation.ts';
import type { Region } from '../region.ts';
import { AccessKeys } from './access-keys.ts';
import { type Authorization, parseAuthorization, takenForms } from './authorization.ts';
import { headerText, type SignedRequest } from './canonical-request.ts';
import type { Directory, User } from './directory.ts';
import { Revocations } from './revocations.ts';
import { isSignedWith, maxSkewMs, parseSdkDate } from './signature.ts';
import { TemporaryKeys } from './temporary-keys.ts';
import { type TokenClaims, Tokens } from './tokens.ts';

export interface IdentityParts {
  readonly region: Pick<Region, 'store' | 'secrets'>;
  readonly directory: Directory;
  /** Signs the tokens. */
  readonly tokenKey: string;
  readonly clock?: () => Date;
}

export interface GoodToken {
  readonly claims: TokenClaims;
  readonly user: User;
}

/** A key to check a signature with, and whose it is. */
interface SigningKey {
  readonly secret: string;
  readonly user: User;
  readonly credential: Credential;
}

export class Identity {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
  readonly temporaryKeys: TemporaryKeys;
  readonly #revocations: Revocations;
  readonly #clock: () => Date;

  private constructor(
    { region, directory, tokenKey, clock = () => new Date() }: IdentityParts,
    accessKeys: AccessKeys,
    revocations: Revocations,
  ) {
    this.directory = directory;
    this.tokens = new Tokens(tokenKey, clock);
    this.accessKeys = accessKeys;
    this.temporaryKeys = new TemporaryKeys(region.secrets);
    this.#revocations = revocations;
    this.#clock = clock;
  }

  static async open(parts: IdentityParts): Promise<Identity> {
    const { region, directory } = parts;
    const accessKeys = await AccessKeys.open(region, directory);
    return new Identity(parts, accessKeys, await Revocations.open(region.store));
  }

  /** Milliseconds since the epoch, by the clock that credentials are checked with. */
  get now(): number {
    return this.#clock().getTime();
  }

  /**
   * The caller of a request.
   *
   * @throws Refusal (401) that says what was missing or wrong, never what would have been right
   */
  authenticate(request: SignedRequest): Caller {
    const token = request.headers['x-auth-token'];
    if (typeof token === 'string' && token !== '') return this.#byToken(token);
    const { authorization } = request.headers;
    if (authorization) return this.#bySignature(request, authorization);
    throw unauthenticated(
      'Authentication is required: send X-Auth-Token with a token of POST /v3/auth/tokens, or sign the request.',
    );
  }

  /**
   * The claims of a token that is still good, with its user.
   *
   * @throws Refusal (401)
   */
  claimsOf(token: string): GoodToken {
    const { claims, user, fault } = this.#read(token);
    if (claims && user && fault === null) return { claims, user };
    const claimant = user ? { user: { id: user.id, name: user.name } } : {};
    throw unauthenticated(`The token ${fault}. Get one with POST /v3/auth/tokens.`, claimant);
  }

  /** As `claimsOf`; undefined for what is no good token, whatever the reason. */
  goodToken(token: string): GoodToken | undefined {
    const { claims, user, fault } = this.#read(token);
    return claims && user && fault === null ? { claims, user } : undefined;
  }

  #read(token: string): Partial<GoodToken> & { fault: string | null } {
    const claims = this.tokens.read(token);
    const user = claims && this.directory.user(claims.userId);
    if (!user) return { fault: 'is not valid' };
    if (this.tokens.isExpired(claims)) return { claims, user, fault: 'has expired' };
    return { claims, user, fault: this.#revocations.has(claims) ? 'was revoked' : null };
  }

  /** Has a token refused from now on. */
  async revoke(claims: TokenClaims): Promise<void> {
    await this.#revocations.add(claims, this.now);
  }

  #byToken(token: string): Caller {
    const { claims, user } = this.claimsOf(token);
    const { projectId, expiresAt } = claims;
    return this.#caller(user, { kind: 'token', projectId, expiresAt });
  }

  #bySignature(request: SignedRequest, authorization: string | string[]): Caller {
    const signature = typeof authorization === 'string' ? parseAuthorization(authorization) : null;
    if (!signature) {
      throw unauthenticated(`The Authorization header is not understood. Expected ${takenForms}.`);
    }
    const accessKey = this.#presentable(signature.access);
    this.#checkDate(request, signature, accessKey);
    if (headerText(request, 'x-sdk-content-sha256') === 'UNSIGNED-PAYLOAD') {
      throw unauthenticated(
        'X-Sdk-Content-Sha256 is UNSIGNED-PAYLOAD, which leaves the body unsigned; leave it out, or give the SHA-256 ' +
          'of the body.',
        accessKey,
      );
    }
    const securityToken = headerText(request, 'x-security-token');
    const key = this.#keyFor(signature, securityToken);
    // An unknown key is checked against a secret that nobody has, so that it answers as a wrong signature does.
    const right = isSignedWith(request, signature, key?.secret ?? nobodysSecret);
    if (!key || !right) {
      throw unauthenticated(
        'The access key is unknown or the signature does not match the request. A temporary key needs its ' +
          'X-Security-Token.',
        accessKey,
      );
    }
    const { user, credential } = key;
    const claimant = { ...accessKey, user: { id: user.id, name: user.name } };
    if (credential.kind === 'access key' && securityToken !== '') {
      throw unauthenticated('The access key is a permanent one; leave out X-Security-Token.', claimant);
    }
    if (credential.expiresAt !== null && credential.expiresAt <= this.now) {
      throw unauthenticated(
        'The temporary access key has expired. Get a new one with POST /v3.0/OS-CREDENTIAL/securitytokens.',
        claimant,
      );
    }
    return this.#caller(user, credential);
  }

  #keyFor({ access }: Authorization, securityToken: string): SigningKey | undefined {
    const temporary = securityToken === '' ? null : this.temporaryKeys.read(securityToken);
    if (temporary?.access === access) {
      const { secret, userId, projectId, expiresAt } = temporary;
      const user = this.directory.user(userId);
      return user && { secret, user, credential: { kind: 'temporary access key', projectId, expiresAt } };
    }
    const found = this.accessKeys.secretOf(access);
    return found && { ...found, credential: permanent };
  }

  /**
   * The id of a key as it may be kept: one that is no key's, and does not look like one, may be a secret in the wrong
   * place.
   */
  #presentable(access: string): { accessKey?: string } {
    return this.accessKeys.has(access) || /^[A-Z0-9]{1,40}$/.test(access) ? { accessKey: access } : {};
  }

  /** Whoever has caught a signed request can use it for as long as its date is near. */
  #checkDate(
    request: SignedRequest,
    { signedHeaders, scope }: Authorization,
    claimant: { accessKey?: string },
  ): void {
    if (!signedHeaders.includes('x-sdk-date')) {
      throw unauthenticated('The signature does not cover X-Sdk-Date; sign at least that header.', claimant);
    }
    const text = headerText(request, 'x-sdk-date');
    const date = parseSdkDate(text);
    if (!date) throw unauthenticated('X-Sdk-Date is missing or not of the form 20260131T235959Z.', claimant);
    if (Math.abs(date.getTime() - this.now) > maxSkewMs) {
      throw unauthenticated(
        'X-Sdk-Date is more than 15 minutes from the time here; check the clock and sign again.',
        claimant,
      );
    }
    if (scope !== '' && scope.slice(0, 8) !== text.slice(0, 8)) {
      throw unauthenticated(
        'The date of the Credential is not that of X-Sdk-Date; sign with a key of that day.',
        claimant,
      );
    }
  }

  #caller(user: User, credential: Credential): Caller {
    const { projectId } = credential;
    const isIts = projectId !== null && user.projectIds.has(projectId);
    return {
      ...{ userId: user.id, userName: user.name, domainId: this.directory.domain.id },
      projectIds: projectId === null ? user.projectIds : new Set(isIts ? [projectId] : []),
      ...{ isAdministrator: user.isAdministrator, credential },
    };
  }
}

const permanent: Credential = { kind: 'access key', projectId: null, expiresAt: null };

const nobodysSecret = crypto.randomUUID();
