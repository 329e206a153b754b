import type { RequestFacts } from '../../dataplane/matching/request-facts.ts';
import type { CrossOriginRules } from '../../dataplane/policy-configuration.ts';

/**
 * Tells browsers which other origins' pages may use a site (the CORS protocol of the Fetch standard). It answers
 * preflights itself; what members say of the same is replaced.
 */
export class CrossOrigin {
  readonly #rules: CrossOriginRules;
  readonly #isOpen: boolean;
  readonly #varyLine: string;
  readonly #exact: ReadonlySet<string>;
  /** Origins around their `*`: scheme and what follows the first label. */
  readonly #wildcards: readonly (readonly [before: string, behind: string])[];

  constructor(rules: CrossOriginRules) {
    this.#rules = rules;
    // Fetch, "CORS protocol and credentials": with them the origin must be named.
    this.#isOpen = rules.origins.includes('*') && !rules.allowsCredentials;
    // Fetch, "CORS protocol and HTTP caches": also where nothing is allowed, or that answer would be kept for all.
    this.#varyLine = this.#isOpen ? '' : 'Vary: Origin\r\n';
    this.#exact = new Set(rules.origins.filter((origin) => !origin.includes('*')));
    this.#wildcards = rules.origins
      .filter((origin) => origin.includes('//*.'))
      .map((origin) => {
        const star = origin.indexOf('*');
        return [origin.slice(0, star), origin.slice(star + 1)];
      });
  }

  /** Whether it is the question that a browser asks before a request. */
  isPreflight(request: RequestFacts): boolean {
    return (
      request.method === 'OPTIONS' &&
      request.headers('origin').length === 1 &&
      request.headers('access-control-request-method').length === 1
    );
  }

  /** The header lines of a preflight's answer; an origin that may not gets none that allow anything. */
  preflightLines(request: RequestFacts): string {
    const { methods, headers, maxAgeSeconds } = this.#rules;
    const allowed = this.#originLines(request);
    if (allowed === '') return this.#varyLine;
    const askedMethod = request.headers('access-control-request-method')[0] ?? '';
    const askedHeaders = request.headers('access-control-request-headers').join(', ');
    // Fetch, "CORS protocol and credentials": with them a * is only the name of a header.
    const anyHeader = headers.length === 0 || (headers.includes('*') && this.#rules.allowsCredentials);
    const listed = anyHeader ? askedHeaders : headers.join(', ');
    return (
      `${this.#varyLine}${allowed}Access-Control-Allow-Methods: ${methods.length === 0 ? askedMethod : methods.join(', ')}\r\n` +
      (listed === '' ? '' : `Access-Control-Allow-Headers: ${listed}\r\n`) +
      `Access-Control-Max-Age: ${maxAgeSeconds}\r\n`
    );
  }

  /** The header lines of any other answer. */
  answerLines(request: RequestFacts): string {
    const allowed = this.#originLines(request);
    const { exposedHeaders } = this.#rules;
    if (allowed === '' || exposedHeaders.length === 0) return this.#varyLine + allowed;
    return `${this.#varyLine}${allowed}Access-Control-Expose-Headers: ${exposedHeaders.join(', ')}\r\n`;
  }

  /** What says that the request's origin may; nothing when it may not, or when it is from no other origin. */
  #originLines(request: RequestFacts): string {
    const [origin, ...more] = request.headers('origin');
    if (origin === undefined || more.length > 0 || !this.#allows(origin)) return '';
    const { allowsCredentials } = this.#rules;
    if (this.#isOpen) return 'Access-Control-Allow-Origin: *\r\n';
    const credentials = allowsCredentials ? 'Access-Control-Allow-Credentials: true\r\n' : '';
    return `Access-Control-Allow-Origin: ${origin}\r\n${credentials}`;
  }

  #allows(origin: string): boolean {
    if (this.#rules.origins.includes('*') || this.#exact.has(origin)) return true;
    return this.#wildcards.some(([before, behind]) => {
      if (!origin.startsWith(before) || !origin.endsWith(behind)) return false;
      const label = origin.slice(before.length, origin.length - behind.length);
      return label !== '' && !label.includes('.');
    });
  }
}
