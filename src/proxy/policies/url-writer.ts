import { groupsOf, type PolicyCandidate } from '../../dataplane/matching/policy-matcher.ts';
import type { UrlTemplate } from '../../dataplane/policy-configuration.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { START_LINE_BYTES } from '../http/limits.ts';
import type { Surroundings } from './policy.ts';
import { Template, type TemplateValues } from './template.ts';

/** The parts of a URL that a policy makes of a request's. */
export interface WrittenUrl {
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

/** Writes URLs as a policy says. */
export class UrlWriter {
  readonly #host: Template;
  readonly #path: Template;
  readonly #query: Template;

  constructor({ host, path, query }: UrlTemplate) {
    this.#host = new Template(host);
    this.#path = new Template(path);
    this.#query = new Template(query);
  }

  /** Null when the URL would be longer than a request line may be. */
  write(values: TemplateValues): WrittenUrl | null {
    const path = this.#path.fill(values);
    const query = this.#query.fill(values);
    // `OPTIONS *` asks for no path.
    const target = `${path.startsWith('/') ? path : '/'}${query === '' ? '' : `?${query}`}`;
    if (target.length > START_LINE_BYTES) return null;
    return { host: this.#host.fill(values), target };
  }
}

/** What the places in a policy's texts stand for in a request. */
export function templateValues(
  request: IncomingRequest,
  found: PolicyCandidate,
  { plan, port }: Surroundings,
): TemplateValues {
  const { host, path, query } = request;
  const protocol = plan.valueOf('listener-protocol', request.client, request.authority) ?? '';
  return {
    parts: { protocol, host, port: String(port), path, query },
    groups: () => groupsOf(found, request),
  };
}
