import type { PoolSessions } from '../../dataplane/configuration.ts';
import { cookiesOf, type RequestFacts } from '../../dataplane/matching/request-facts.ts';
import type { Member } from '../pools/member.ts';
import { SessionCookie } from './session-cookie.ts';

/**
 * The sessions of a pool: which member a client's cookie stands for. Nothing is kept of any client. An application's own
 * cookie only says whether there is a session: another of ours beside it says where, so that no worker has to learn
 * what another one has seen.
 */
export class MemberSessions {
  readonly applicationCookie: string | null;
  readonly #cookie: SessionCookie;
  readonly #members = new Map<string, Member>();

  constructor(configuration: PoolSessions) {
    this.applicationCookie = configuration.applicationCookie;
    this.#cookie = new SessionCookie(configuration);
  }

  add(member: Member): void {
    this.#members.set(this.#cookie.tokenOf(member.id), member);
  }

  remove(member: Member): void {
    this.#members.delete(this.#cookie.tokenOf(member.id));
  }

  /** The session that a request belongs to, or may begin. */
  open(request: RequestFacts): Session {
    const cookies = request.headers('cookie');
    const { applicationCookie } = this;
    const isKnown = applicationCookie === null || cookiesOf(cookies, applicationCookie).length > 0;
    return new Session(this.#cookie, isKnown ? this.#memberIn(cookies) : undefined, isKnown);
  }

  /** A member without health has lost its sessions; one of weight 0 keeps them (rules digest 4.3). */
  #memberIn(cookies: readonly string[]): Member | undefined {
    for (const value of cookiesOf(cookies, this.#cookie.name)) {
      const token = this.#cookie.tokenIn(value, Date.now());
      const member = token === null ? undefined : this.#members.get(token);
      if (member?.isHealthy) return member;
    }
    return undefined;
  }
}

/** What sessions mean for one request. */
export class Session {
  /** The member that the client belongs to; undefined when any may serve it. */
  readonly member: Member | undefined;
  readonly #cookie: SessionCookie;
  readonly #isKnown: boolean;

  /** @param isKnown whether the client has a session, or gets one with any answer */
  constructor(cookie: SessionCookie, member: Member | undefined, isKnown: boolean) {
    this.#cookie = cookie;
    this.member = member;
    this.#isKnown = isKnown;
  }

  /**
   * The header lines that tell the client whom it belongs to from now on; none when it knows.
   *
   * @param beginsSession whether the answer sets the application's cookie
   */
  linesFor(member: Member, beginsSession: boolean): string {
    if (member === this.member || !(this.#isKnown || beginsSession)) return '';
    return this.#cookie.lineFor(this.#cookie.tokenOf(member.id), Date.now());
  }
}
