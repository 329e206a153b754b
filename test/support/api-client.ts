/** Calls the API as a plain HTTP client does. */

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; null when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
  readonly body: any;
}

export class ApiClient {
  readonly url: string;
  readonly projectId: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, projectId: string, headers: Readonly<Record<string, string>>) {
    this.url = url;
    this.projectId = projectId;
    this.headers = headers;
  }

  /** A client with a token for a user's password, scoped to the project. */
  static async login(url: string, projectId: string, user: string, password: string): Promise<ApiClient> {
    const reply = await new ApiClient(url, projectId, {}).call('POST', '/v3/auth/tokens', {
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password } } },
        scope: { project: { id: projectId } },
      },
    });
    if (reply.status !== 201) throw new Error(`no token: ${JSON.stringify(reply.body)}`);
    return new ApiClient(url, projectId, { 'x-auth-token': reply.headers.get('x-subject-token') ?? '' });
  }

  /**
   * @param path below the project, as `/elb/pools`, or absolute, as `/v3/auth/tokens`
   * @param body sent as JSON; a string is sent as it is
   */
  async call(method: string, path: string, body?: unknown): Promise<Reply> {
    const absolute = /^\/($|v\d|elbow|healthz|versions|openapi|docs|metrics)/.test(path);
    const response = await fetch(`${this.url}${absolute ? path : `/v3/${this.projectId}${path}`}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text || null,
    };
  }

  get = (path: string) => this.call('GET', path);
  post = (path: string, body: unknown) => this.call('POST', path, body);
  put = (path: string, body: unknown) => this.call('PUT', path, body);
  delete = (path: string) => this.call('DELETE', path);

  /** Creates a resource and returns it; throws the answer when it is refused. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
  async create(path: string, body: Readonly<Record<string, unknown>>): Promise<any> {
    const [wrapper = ''] = Object.keys(body);
    const reply = await this.post(path, body);
    if (reply.status !== 201)
      throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body[wrapper];
  }
}
