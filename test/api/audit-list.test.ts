/** The list of the audit: its order, its pages, its filters, and who sees what of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, makeMember, makeRoad, places } from './fixtures.ts';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly operation: string;
  readonly request_id: string | null;
}

async function audit(query: string, api: ApiClient): Promise<Entry[]> {
  return assertDone(await api.get(`/elbow/v1/audit?${query}`)).audit;
}

/** Until the clock has moved on, so that entries differ in time. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await new Promise((resolve) => setImmediate(resolve));
}

describe('the list', () => {
  let own: TestControlPlane;
  let all: Entry[];

  before(async () => {
    own = await startTestControlPlane();
    const { pool, lb } = await makeRoad(own.api);
    for (let round = 0; round < 8; round++) {
      const { id } = await makeMember(own.api, pool.id, { address: `120.10.10.${50 + round}` });
      const path = `/elb/pools/${pool.id}/members/${id}`;
      if (round % 2) await own.api.put(path, { member: { weight: round } });
      if (round % 3 === 0) await own.api.delete(path);
      await nextMillisecond();
    }
    await own.api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'last' } });
    all = await audit('', own.api);
  });
  after(() => own[Symbol.asyncDispose]());

  test('is by descending time, and pages on by the last id and back by the first', async () => {
    assert.ok(all.length > 15);
    assert.deepEqual(
      all.map(({ id }) => id),
      all.toSorted((a, b) => Number(b.id) - Number(a.id)).map(({ id }) => id),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (limit) => {
        const pages: Entry[][] = [];
        for (let marker: string | undefined, more = true; more; ) {
          const { audit: entries, page_info } = assertDone(
            await own.api.get(`/elbow/v1/audit?limit=${limit}${marker ? `&marker=${marker}` : ''}`),
          );
          assert.equal(page_info.current_count, entries.length);
          assert.equal(page_info.previous_marker, entries[0].id);
          pages.push(entries);
          marker = page_info.next_marker;
          more = marker !== undefined;
        }
        assert.deepEqual(pages.flat(), all);
        for (let at = pages.length - 1; at > 0; at--) {
          const marker = pages[at]?.[0]?.id;
          const query = `limit=${limit}&marker=${marker}&page_reverse=true`;
          assert.deepEqual(await audit(query, own.api), pages[at - 1]);
        }
      }),
      { numRuns: 7 },
    );
    assert.deepEqual(await audit('limit=2&page_reverse=true', own.api), all.slice(-2));
    assert.deepEqual(await audit('limit=0', own.api), []);
  });

  test('is filtered by each filter and by several together, also page by page', async () => {
    const middle = all[Math.floor(all.length / 2)] ?? assert.fail();
    const earlier = all.at(-4) ?? assert.fail();
    const wanted: [string, (entry: Entry) => boolean][] = [
      ['resource_type=member', ({ resource_type }) => resource_type === 'member'],
      ['operation=delete', ({ operation }) => operation === 'delete'],
      [`resource_id=${middle.resource_id}`, ({ resource_id }) => resource_id === middle.resource_id],
      [`request_id=${middle.request_id}`, ({ request_id }) => request_id === middle.request_id],
      ['user_name=elbow', () => true],
      ['user_name=nobody', () => false],
      [`project_id=${seed.projectId}`, () => true],
      [`from=${middle.at}`, ({ at }) => at >= middle.at],
      [`to=${middle.at}`, ({ at }) => at < middle.at],
      ['from=2020-01-01', () => true],
      ['to=2020-01-01T12:00:00%2B08:00', () => false],
    ];
    const combined = wanted.flatMap(([query, holds], index) =>
      wanted
        .slice(index + 1)
        .filter(
          ([other]) => isTime(query) !== isTime(other) || (!isTime(query) && keyOf(query) !== keyOf(other)),
        )
        .map(([other, too]): [string, (entry: Entry) => boolean] => [
          `${query}&${other}`,
          (entry) => holds(entry) && too(entry),
        ]),
    );
    combined.push([`from=${earlier.at}&to=${middle.at}`, ({ at }) => at >= earlier.at && at < middle.at]);
    for (const [query, holds] of [...wanted, ...combined]) {
      const expected = all.filter(holds);
      assert.deepEqual(await audit(query, own.api), expected, query);
      assert.deepEqual(await audit(`${query}&limit=2`, own.api), expected.slice(0, 2), query);
      const [first] = expected;
      if (!first) continue;
      assert.deepEqual(await audit(`${query}&marker=${first.id}`, own.api), expected.slice(1), query);
    }
  });

  test('refuses filters that are wrong, and says what would be right', async () => {
    const wrong: [string, RegExp][] = [
      ['resource_type=members', /'resource_type': got "members", expected one of loadbalancer, .*member/],
      ['operation=patch', /'operation': got "patch", expected one of create, update, delete/],
      ['operation=create&operation=delete', /'operation': it was given 2 times; give it once/],
      ['from=yesterday', /'from': got "yesterday", expected a time as 2026-01-31T23:59:59Z/],
      ['to=2026-01-01T00:00:00+08:00', /'to': got "2026-01-01T00:00:00 08:00".*%2B/],
      ['from=2026-13-01', /'from'/],
      ['from=2026-02-02&to=2026-02-01', /'from': it is later than to/],
      ['limit=2001', /'limit': got "2001", expected an integer from 0 to 2000/],
      ['page_reverse=maybe', /'page_reverse'/],
      ['marker=', /'marker'/],
      ['marker=nonsense', /'marker': there is no entry "nonsense"; give the id of the last entry/],
      ['marker=999999999', /'marker': there is no entry "999999999"/],
      ['marker=1e3', /'marker': there is no entry "1e3"/],
    ];
    for (const [query, message] of wrong) {
      assertRefused(await own.api.get(`/elbow/v1/audit?${query}`), 400, 'ELB.8902', message);
    }
    assert.deepEqual(await audit('resource_id=nothing&unknown=1', own.api), []);
  });

  test('shows a caller only what is of its projects', async () => {
    const mine = await makeLoadBalancer(own.other, {
      vip_subnet_cidr_id: places.otherVpcSubnet,
    }).catch(() => null);
    assert.ok(all.length > 0);
    const theirs = await audit('', own.other);
    assert.ok(theirs.every(({ resource_id }) => resource_id === mine?.id));
    assert.deepEqual(await audit(`resource_id=${all[0]?.resource_id}`, own.other), []);
    assertRefused(
      await own.other.get(`/elbow/v1/audit?marker=${all[0]?.id}`),
      ...([400, 'ELB.8902', /there is no entry/] as const),
    );
    for (const project of [seed.projectId, 'nothing']) {
      assertRefused(
        await own.other.get(`/elbow/v1/audit?project_id=${project}`),
        ...([403, 'SYS.0403', /gives no access to the project/] as const),
      );
    }
    const nobody = await fetch(`${own.url}/elbow/v1/audit`);
    assert.equal(nobody.status, 401);
  });
});

function keyOf(query: string): string {
  return query.split('=', 1)[0] ?? '';
}

function isTime(query: string): boolean {
  return keyOf(query) === 'from' || keyOf(query) === 'to';
}
