/** The calls that the demo makes: those of the public API, as any client makes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of an answer the demo reads. */
interface Answered {
  readonly id: string;
  readonly vip_address: string;
  readonly operating_status: string;
  readonly reason: { readonly reason_code: string } | null;
}

export class DemoApi {
  readonly #url: string;
  readonly #projectId: string;
  readonly #token: string;

  private constructor(url: string, projectId: string, token: string) {
    this.#url = url;
    this.#projectId = projectId;
    this.#token = token;
  }

  /** Gets a token with the credentials that the first start left in the data directory. */
  static async open(url: string, directory: string): Promise<DemoApi> {
    const { user, password, project_id } = JSON.parse(
      readFileSync(join(directory, 'credentials.json'), 'utf8'),
    );
    const response = await fetch(`${url}/v3/auth/tokens`, {
      method: 'POST',
      body: JSON.stringify({
        auth: { identity: { methods: ['password'], password: { user: { name: user, password } } } },
      }),
    });
    return new DemoApi(url, project_id, response.headers.get('x-subject-token') ?? '');
  }

  /** Creates a resource: `create('pools', 'pool', …)`. */
  async create(path: string, key: string, body: Readonly<Record<string, unknown>>): Promise<Answered> {
    return this.#call('POST', path, key, { [key]: body });
  }

  show(path: string, key: string): Promise<Answered> {
    return this.#call('GET', path, key);
  }

  /** The id by which an IPv4 address is placed in the region's last subnet. */
  async lastSubnetId(): Promise<string> {
    const response = await fetch(`${this.#url}/v1/${this.#projectId}/subnets`, { headers: this.#headers });
    const { subnets } = (await response.json()) as { subnets: { neutron_subnet_id: string }[] };
    return subnets.at(-1)?.neutron_subnet_id ?? '';
  }

  async #call(method: string, path: string, key: string, body?: unknown): Promise<Answered> {
    const response = await fetch(`${this.#url}/v3/${this.#projectId}/elb/${path}`, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, Answered> & { error_msg?: string };
    const answered = answer[key];
    if (!response.ok || !answered) throw new Error(`${method} ${path}: ${answer.error_msg}`);
    return answered;
  }

  get #headers(): Record<string, string> {
    return { 'x-auth-token': this.#token, 'content-type': 'application/json' };
  }
}
