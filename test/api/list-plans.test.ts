/**
 * Every list call finds its records by indexes, whatever one filter it has: no table is read whole, nothing that the
 * project has is gone through, and nothing is sorted. The calls and filters are those of the OpenAPI document, and the
 * plans SQLite's own; no statistics are kept, so that plans do not depend on what is stored.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { filterValues, type Item } from '../support/filter-values.ts';
import { type ListCall, listCalls } from '../support/list-calls.ts';
import { makeFilterGround } from './filter-ground.ts';
import { assertDone, loopbackInventory, makePool } from './fixtures.ts';

/** Steps of plans that sort or go through more than is answered, and why each may. */
const allowed: readonly { readonly statement: RegExp; readonly step: RegExp; readonly why: string }[] = [
  {
    statement: / IN \(SELECT value FROM json_each\(\?\)\) order by "id"$/,
    step: /USE TEMP B-TREE FOR ORDER BY/,
    why: 'what is shown beside the records of one page',
  },
  {
    statement: /\+"jobs"."begin_time" >= \?/,
    step: /SEARCH jobs/,
    why: 'the jobs of a project, which are forgotten after a while',
  },
  {
    statement: /from "elements" .* order by "id"$/,
    step: /USE TEMP B-TREE FOR ORDER BY/,
    why: 'the listeners that use the IP groups of one page',
  },
];

/** Filters that do not filter. */
const withoutEffect = ['include_recycle_bin'];

const prepare = DatabaseSync.prototype.prepare;
const statements: string[] = [];

let cp: TestControlPlane;
let api: ApiClient;
let database: DatabaseSync;
let calls: ListCall[];
const samples = new Map<string, Item[]>();
const paths = new Map<ListCall, string>();

before(async () => {
  DatabaseSync.prototype.prepare = function (sql) {
    statements.push(sql);
    return prepare.call(this, sql);
  };
  cp = await startTestControlPlane({ ...loopbackInventory, public_network: '203.0.113.0/28' });
  api = cp.api;
  await makeFilterGround(api);
  database = new DatabaseSync(join(cp.directory, 'elbow.db'), { readOnly: true });
  calls = listCalls((await api.get('/openapi.json')).body);
  for (const call of calls) {
    const path = call.path.replace('{project_id}', api.projectId);
    if (path.includes('{')) continue;
    const [plural, items] = await listOf(path);
    // That of the recycle bin, which comes later, has the same name.
    if (!samples.has(plural)) samples.set(plural, items);
  }
  for (const call of calls) paths.set(call, withParent(call.path.replace('{project_id}', api.projectId)));
});

after(async () => {
  DatabaseSync.prototype.prepare = prepare;
  database?.close();
  await cp?.[Symbol.asyncDispose]();
});

/** The records of a list, and the key that they come under. */
async function listOf(path: string): Promise<[string, Item[]]> {
  const body = assertDone(await api.get(path));
  const [plural, items] = Object.entries(body).find(([, value]) => Array.isArray(value)) ?? ['', []];
  return [plural, items as Item[]];
}

/** A path below some record: one that has what it lists, if any has. */
function withParent(path: string): string {
  const [, parent] = /\{(\w+_id)\}/.exec(path) ?? [];
  if (parent === undefined) return path;
  const child = [...samples.values()].flat().find((item) => typeof item[parent] === 'string');
  const owners = [...samples].find(([plural]) => path.includes(`/${plural}/{`))?.[1];
  return path.replace(`{${parent}}`, String(child?.[parent] || owners?.[0]?.['id']));
}

/** What of the plans of the statements since then may not be. */
function faultsSince(start: number, filtered: boolean): string[] {
  return [...new Set(statements.slice(start))].flatMap((statement) => {
    if (!/^\s*select\b/i.test(statement)) return [];
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${statement}`).all();
    const text = statement.replaceAll(/\s+/g, ' ');
    return steps
      .map(({ detail }) => String(detail))
      .filter((step) => isFault(step, filtered))
      .filter((step) => !allowed.some((each) => each.statement.test(text) && each.step.test(step)))
      .map((step) => `${step}: ${text}`);
  });
}

function isFault(step: string, filtered: boolean): boolean {
  if (/^USE TEMP B-TREE/.test(step)) return true;
  if (/^SCAN/.test(step)) return !/VIRTUAL TABLE|^SCAN \(subquery-\d+\)|^SCAN CONSTANT ROW/.test(step);
  return filtered && /^SEARCH .*\(project_id=\?( AND id[<>]\?)?\)$/.test(step);
}

async function assertPlanned(path: string, filtered: boolean): Promise<Item[]> {
  const start = statements.length;
  const [, items] = await listOf(path);
  assert.deepEqual(faultsSince(start, filtered), [], path);
  return items;
}

function takesSeveral({ filters }: ListCall, name: string): boolean {
  return filters.some((each) => each.name === name && 'items' in each.schema);
}

test('no statistics are kept that plans could depend on', () => {
  assert.deepEqual(
    database.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'").all(),
    [],
  );
});

test('the calls are those of every list', () => {
  const ids = calls.map(({ operationId }) => operationId);
  for (const id of ['ListLoadBalancers', 'ListListeners', 'ListPools', 'ListMembers', 'ListAllMembers']) {
    assert.ok(ids.includes(id), id);
  }
});

test('a list without filters, from its beginning and its end, and on from a record', async () => {
  for (const path of paths.values()) {
    const items = await assertPlanned(`${path}?limit=1`, false);
    await assertPlanned(`${path}?limit=1&page_reverse=true`, false);
    const [first] = items;
    if (!first) continue;
    await assertPlanned(`${path}?limit=1&marker=${first['id']}`, false);
    await assertPlanned(`${path}?limit=1&page_reverse=true&marker=${first['id']}`, false);
  }
});

test('each one filter of each list, with one value and with several, on any page', async (t) => {
  let found = 0;
  for (const [call, path] of paths) {
    const [plural, own] = await listOf(path);
    const known = new Map([...samples, [plural, own]]);
    for (const [name, values] of Map.groupBy(filterValues(call, plural, known), ({ filter }) => filter)) {
      const filtered = !withoutEffect.includes(name);
      const queries = values.map(({ value }) => `${name}=${encodeURIComponent(value)}`);
      if (queries.length > 1 && takesSeveral(call, name)) queries.push(queries.join('&'));
      await t.test(`${call.operationId}?${name}`, async () => {
        for (const query of queries) {
          const items = await assertPlanned(`${path}?${query}`, filtered);
          found += items.length;
          const [first] = items;
          if (first) await assertPlanned(`${path}?limit=1&${query}&marker=${first['id']}`, filtered);
          await assertPlanned(`${path}?limit=1&${query}&page_reverse=true`, filtered);
        }
      });
    }
  }
  assert.ok(found > 500, `the filters found ${found} records`);
});

test('filters by members that too many have to be looked for ask each record instead', async () => {
  const address = '127.70.0.200';
  const { id } = await makePool(api, { type: 'ip' });
  for (let port = 1; port <= 5001; port += 200) {
    const members = Array.from({ length: 200 }, (_, at) => ({ address, protocol_port: port + at }));
    assertDone(await api.post(`/elb/pools/${id}/members/batch-add`, { members }));
  }
  for (const plural of ['loadbalancers', 'listeners', 'pools']) {
    const start = statements.length;
    const items = await assertPlanned(`/elb/${plural}?member_address=${address}`, false);
    assert.equal(items.length, plural === 'pools' ? 1 : 0);
    assert.ok(statements.slice(start).some((statement) => /SELECT .* EXISTS \(/s.test(statement)));
  }
});
