/** Sends requests by the thousand, several at once, and judges each answer. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ApiClient } from '../support/api-client.ts';
import { type Sent, Wire } from '../support/wire.ts';
import { Corpus } from './corpus.ts';
import { ground, populate } from './ground.ts';
import { Ids } from './ids.ts';
import { judge } from './judge.ts';
import { readOperations } from './operations.ts';
import { aimed, type Shot, shotAt } from './shots.ts';

export interface CampaignOptions {
  readonly url: string;
  readonly requests: number;
  readonly seed?: number | undefined;
  /** Called now and then with how many requests have been sent; awaited. */
  readonly onProgress?: (sent: number) => Promise<void>;
}

export interface CampaignReport {
  readonly sent: number;
  readonly operations: number;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The operations that nobody has made succeed. */
  readonly neverDone: readonly string[];
  /** The requests that changed something. */
  readonly writes: number;
}

/** So many requests are in flight at once. */
const lanes = 6;

/** Sends requests to a control plane over the inventory of `ground`; throws at the first answer that may not be. */
export async function fuzz({ url, requests, seed, onProgress }: CampaignOptions): Promise<CampaignReport> {
  const own = await ApiClient.login(url, ground.projectId, 'fuzzer', 'fuzzer-password');
  const other = await ApiClient.login(url, ground.foreignProjectId, 'other', 'other-password');
  // The first may be named by requests of others; nothing else may ever be in an answer to them.
  await populate(other);
  const known = await allLists(other);
  await populate(other);
  const corpus = new Corpus();
  await populate(own, (operation, body) => corpus.learn(operation, body));
  const before = await allLists(other);
  const mine = await allLists(own);
  const [nameable, shared] = [idsIn(known), idsIn(mine)];
  const foreign = [...idsIn(before)].filter((id) => !nameable.has(id) && !shared.has(id));
  const operations = await readOperations(own);
  const ids = new Ids();
  ids.learn(known);
  ids.learn(mine);
  const tokens = { own: own.headers['x-auth-token'] ?? '', foreign: other.headers['x-auth-token'] ?? '' };
  const wires = Array.from({ length: lanes }, () => new Wire(Number(new URL(url).port)));
  const statuses = new Map<number, number>();
  const never = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  let [sent, writes, reported] = [0, 0, 0];

  const fire = async (shot: Shot, wire: Wire): Promise<void> => {
    const request = aimed(shot, ids, corpus, tokens);
    const received = await wire.send(request);
    sent++;
    try {
      judge(request, received, foreign, shot.credential === 'foreign');
    } catch (error) {
      throw new Error(`${brief(request)}\n${(error as Error).message}`, { cause: error });
    }
    if (!received) return;
    statuses.set(received.status, (statuses.get(received.status) ?? 0) + 1);
    if (received.status >= 300 || shot.credential === 'foreign') return;
    if (request.method === shot.method) never.delete(`${shot.method} ${shot.template}`);
    if (request.method !== 'GET') writes++;
    if (request.body.length > 0 && request.method === shot.method) learnBody(shot, request);
    if (!received.headers.get('content-type')?.includes('json') || received.text.length > 100_000) return;
    const answer: unknown = received.text === '' ? null : JSON.parse(received.text);
    ids.learn(answer);
    if (received.status === 201) ids.learnPath(request.target.split('?', 1)[0] ?? '', answer);
  };

  const learnBody = ({ method, template, body, headers }: Shot, sent: Sent) => {
    if (body?.garbage === null && body.rewrite === null && headers.length === 0) {
      corpus.learn(`${method} ${template}`, sent.body.toString());
    }
  };
  const salvo = fc.array(shotAt(operations), { minLength: lanes, maxLength: lanes });
  const property = fc.asyncProperty(salvo, async (shots) => {
    if (sent % (lanes * 20) === 0) {
      // Most of what there was is deleted by now. Where a quota is full, there is enough.
      await populate(own).catch(() => {});
      ids.learn(await allLists(own));
    }
    await Promise.all(shots.map((shot, lane) => fire(shot, wires[lane] as Wire)));
    if (onProgress && sent - reported >= 10_000) {
      reported = sent;
      await onProgress(sent);
    }
  });
  try {
    const numRuns = Math.ceil(requests / lanes);
    const details = await fc.check(property, {
      numRuns,
      endOnFailure: true,
      ...(seed === undefined ? {} : { seed }),
    });
    if (details.failed) {
      const { message } = details.errorInstance as Error;
      throw new Error(`seed ${details.seed}, request ${sent} or so: ${message}`);
    }
    assert.deepEqual(await allLists(other), before, 'nobody changes what another project has');
  } finally {
    for (const wire of wires) wire[Symbol.dispose]();
  }
  return { sent, operations: operations.length, statuses, neverDone: [...never].sort(), writes };
}

/** Every list of a project, by its path. */
async function allLists(api: ApiClient): Promise<Record<string, unknown>> {
  const lists = (await readOperations(api)).flatMap(({ method, path, query }) => {
    const [, below] = /^\/v3\/\{project_id\}(\/elb\/[^{]*)$/.exec(path) ?? [];
    return method === 'GET' && below && query.some(({ name }) => name === 'marker') ? [below] : [];
  });
  const answers = lists.map(async (path) => {
    const { request_id, ...body } = (await api.get(path)).body;
    return [path, body] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

function idsIn(answer: unknown): Set<string> {
  return new Set([...JSON.stringify(answer).matchAll(/"id":"([0-9a-f-]{32,36})"/g)].map(([, id = '']) => id));
}

function brief({ method, target, headers, body }: Sent): string {
  const named = headers
    .filter(([name]) => name !== 'x-auth-token')
    .map(([name, value]) => `${name}: ${value}`);
  return `${method} ${target}\n${named.join('\n')}\n${body.toString()}`.slice(0, 4000);
}
