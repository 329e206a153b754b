/** Who a caller is: by token or by signature. */
import { unauthenticated } from '../../model/errors.ts';
import type { Caller } from '../../model/operation.ts';
import { type Authorization, parseAuthorization, takenForms } from './authorization.ts';
import { headerText, type SignedRequest } from './canonical-request.ts';
import type { Directory, User } from './directory.ts';
import { isSignedWith, maxSkewMs, parseSdkDate } from './signature.ts';
import type { TokenClaims, Tokens } from './tokens.ts';

export class Identity {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly #clock: () => Date;

  constructor(directory: Directory, tokens: Tokens, clock: () => Date = () => new Date()) {
    this.directory = directory;
    this.tokens = tokens;
    this.#clock = clock;
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

  /** The claims of a token that is still good, with its user. */
  claimsOf(token: string): { claims: TokenClaims; user: User } {
    const claims = this.tokens.read(token);
    if (claims === 'expired') {
      throw unauthenticated('The token has expired. Get a new one with POST /v3/auth/tokens.');
    }
    const user = claims && this.directory.user(claims.userId);
    if (!user) throw unauthenticated('The token is not valid. Get one with POST /v3/auth/tokens.');
    return { claims, user };
  }

  #byToken(token: string): Caller {
    const { claims, user } = this.claimsOf(token);
    const isCovered = (id: string) => claims.projectId === null || claims.projectId === id;
    return this.#caller(user, new Set([...user.projectIds].filter(isCovered)));
  }

  #bySignature(request: SignedRequest, authorization: string | string[]): Caller {
    const signature = typeof authorization === 'string' ? parseAuthorization(authorization) : null;
    if (!signature) {
      throw unauthenticated(`The Authorization header is not understood. Expected ${takenForms}.`);
    }
    this.#checkDate(request, signature);
    if (headerText(request, 'x-sdk-content-sha256') === 'UNSIGNED-PAYLOAD') {
      throw unauthenticated(
        'X-Sdk-Content-Sha256 is UNSIGNED-PAYLOAD, which leaves the body unsigned; leave it out, or give the SHA-256 ' +
          'of the body.',
      );
    }
    const key = this.directory.accessKey(signature.access);
    // An unknown key is checked against a secret that nobody has, so that it answers as a wrong signature does.
    const right = isSignedWith(request, signature, key?.secret ?? nobodysSecret);
    if (!key || !right)
      throw unauthenticated('The access key is unknown or the signature does not match the request.');
    return this.#caller(key.user, key.user.projectIds);
  }

  /** Whoever has caught a signed request can use it for as long as its date is near. */
  #checkDate(request: SignedRequest, { signedHeaders, scope }: Authorization): void {
    if (!signedHeaders.includes('x-sdk-date')) {
      throw unauthenticated('The signature does not cover X-Sdk-Date; sign at least that header.');
    }
    const text = headerText(request, 'x-sdk-date');
    const date = parseSdkDate(text);
    if (!date) throw unauthenticated('X-Sdk-Date is missing or not of the form 20260131T235959Z.');
    if (Math.abs(date.getTime() - this.#clock().getTime()) > maxSkewMs) {
      throw unauthenticated(
        'X-Sdk-Date is more than 15 minutes from the time here; check the clock and sign again.',
      );
    }
    if (scope !== '' && scope.slice(0, 8) !== text.slice(0, 8)) {
      throw unauthenticated(
        'The date of the Credential is not that of X-Sdk-Date; sign with a key of that day.',
      );
    }
  }

  #caller(user: User, projectIds: ReadonlySet<string>): Caller {
    return { userId: user.id, userName: user.name, domainId: this.directory.domain.id, projectIds };
  }
}

const nobodysSecret = crypto.randomUUID();
