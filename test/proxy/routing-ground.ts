/** What tests of policies and sessions build on: an engine with pools of members that say what they were asked. */
import type { TestContext } from 'node:test';
import type { MemberConfiguration, PoolConfiguration } from '../../src/dataplane/configuration.ts';
import type {
  ForwardAction,
  PolicyAction,
  PolicyConfiguration,
  RuleConfiguration,
} from '../../src/dataplane/policy-configuration.ts';
import type { Peer } from './peer.ts';
import { RawMember } from './raw-member.ts';
import { RunningEngine } from './running-engine.ts';

/** A message taken apart. */
export interface Message {
  /** Start line. */
  readonly line: string;
  /** By lower-case name; several fields of one name are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function parseMessage(text: string): Message {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { line, headers, body: text.slice(end + 4) };
}

/** A member that answers with its name and the head it got. */
export function echoMember(t: TestContext, name: string, answerLines = ''): Promise<RawMember> {
  return RawMember.start(t, async (session) => {
    while (!session.isClosed) {
      const body = `${name}\r\n${await session.until('\r\n\r\n')}`;
      session.send(`HTTP/1.1 200 OK\r\n${answerLines}Content-Length: ${body.length}\r\n\r\n${body}`);
    }
  });
}

/** The name of the member that answered, and what it was asked. */
export function echoIn({ body }: Message): { readonly name: string; readonly asked: Message } {
  const end = body.indexOf('\r\n');
  return { name: body.slice(0, end), asked: parseMessage(body.slice(end + 2)) };
}

export function pool(id: string, more: Partial<PoolConfiguration> = {}): PoolConfiguration {
  return {
    id,
    protocol: 'http',
    tls: false,
    algorithm: 'round-robin',
    sessions: null,
    connectionIdSlice: null,
    ...more,
  };
}

export class RoutingGround {
  readonly proxy: RunningEngine;

  private constructor(proxy: RunningEngine) {
    this.proxy = proxy;
  }

  /** A listener whose default pool has a member `default`, unless the test brings its own. */
  static async start(t: TestContext, members?: readonly MemberConfiguration[]): Promise<RoutingGround> {
    const own = members ?? [(await echoMember(t, 'default')).configuration()];
    return new RoutingGround(await RunningEngine.start(t, { members: own }));
  }

  /** Puts a pool with one member that has its name. */
  async addPool(t: TestContext, id: string, answerLines = ''): Promise<void> {
    const member = await echoMember(t, id, answerLines);
    this.proxy.change({
      pools: { put: [pool(id)], remove: [] },
      members: [{ poolId: id, put: [member.configuration()], remove: [] }],
    });
  }

  put(...policies: PolicyConfiguration[]): void {
    this.proxy.change({ policies: { put: policies, remove: [] } });
  }

  /** Sends requests without bodies on one connection, each after the answer to the one before. */
  async ask(...requests: string[]): Promise<Message> {
    const client = await this.proxy.client();
    let answer: Message | undefined;
    for (const request of requests) answer = await ask(client, request);
    client.close();
    if (!answer) throw new Error('nothing was asked');
    return answer;
  }

  /** The name of the member that answers. */
  async nameOf(request: string): Promise<string> {
    return echoIn(await this.ask(request)).name;
  }
}

/** Sends a request without a body and reads the answer. */
export async function ask(client: Peer, request: string): Promise<Message> {
  client.send(request);
  return parseMessage(await client.message());
}

/** A GET request for a path, with header lines. */
export function get(path: string, ...fields: readonly string[]): string {
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ['Host: example.test'];
  return [`GET ${path} HTTP/1.1`, ...host, ...fields, '', ''].join('\r\n');
}

/** A rule for paths that begin so. */
export function under(...values: readonly string[]): RuleConfiguration {
  return { id: `under ${values}`, part: 'path', name: '', comparison: 'prefix', values, inverted: false };
}

export function policy(
  id: string,
  rules: readonly RuleConfiguration[],
  action: PolicyAction,
): PolicyConfiguration {
  return { id, listenerId: 'listener', places: { priority: id, exactness: id }, rules, action };
}

/** Sends requests to one pool, or to several by weight. */
export function forward(
  pools: Readonly<Record<string, number>>,
  more: Partial<ForwardAction> = {},
): ForwardAction {
  return {
    kind: 'forward',
    pools: Object.entries(pools).map(([poolId, weight]) => ({ poolId, weight })),
    ...{ sessions: null, rewrite: null, headers: null, limit: null, crossOrigin: null },
    ...more,
  };
}
