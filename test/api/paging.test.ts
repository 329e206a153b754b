/** Laws of paging (rules digest 1.6): what was there throughout is met once, whatever changes between the pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, makePool, places } from './fixtures.ts';

interface Member {
  readonly id: string;
  readonly weight: number;
}

interface Page {
  readonly ids: readonly string[];
  readonly info: {
    readonly previous_marker?: string;
    readonly next_marker?: string;
    readonly current_count: number;
  };
}

let cp: TestControlPlane;
let nextAddress = 0;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

/** A pool of its own for a run, with members of the given weights. */
async function poolOf(weights: readonly number[]): Promise<{ path: string; members: Member[] }> {
  const { id } = await makePool(cp.api, { type: 'ip' });
  const path = `/elb/pools/${id}/members`;
  return { path, members: await add(path, weights) };
}

async function add(path: string, weights: readonly number[]): Promise<Member[]> {
  if (weights.length === 0) return [];
  const members = weights.map((weight) => ({
    address: `10.0.${Math.floor(++nextAddress / 250) % 250}.${1 + (nextAddress % 250)}`,
    protocol_port: 1 + (nextAddress % 60000),
    weight,
  }));
  return assertDone(await cp.api.post(`${path}/batch-add`, { members })).members;
}

async function remove(path: string, ids: readonly string[]): Promise<void> {
  const members = ids.map((id) => ({ id }));
  if (ids.length > 0) assertDone(await cp.api.post(`${path}/batch-delete`, { members }));
}

async function page(path: string, query: Readonly<Record<string, unknown>>): Promise<Page> {
  const text = Object.entries(query)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((each) => [key, each]))
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  const { members, page_info } = assertDone(await cp.api.get(`${path}?${text}`));
  const ids = members.map(({ id }: Member) => id);
  assert.equal(page_info.current_count, ids.length);
  assert.equal(page_info.previous_marker, ids[0]);
  assert.deepEqual(ids, ids.toSorted(), 'a page is in ascending order in either direction');
  return { ids, info: page_info };
}

const weights = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 25 });
const filter = fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), {
  nil: undefined,
});
const runs = { numRuns: 40 };

test('no member that was there throughout is skipped or met twice, in either direction', async () => {
  const between = fc.record({
    added: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    deleted: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(
      ...([weights, filter, fc.integer({ min: 1, max: 7 }), fc.boolean()] as const),
      fc.array(between, { maxLength: 8 }),
      fc.boolean(),
      async (initial, weight, limit, reverse, changes, deleteMarker) => {
        const { path, members } = await poolOf(initial);
        const lasting = new Map(members.map((each) => [each.id, each]));
        const met: string[] = [];
        let marker: string | undefined;
        for (let turn = 0; ; turn++) {
          assert.ok(turn < 100, 'paging comes to an end');
          const { ids } = await page(path, { limit, marker, page_reverse: reverse, weight });
          if (ids.length === 0) break;
          met.push(...(reverse ? ids.toReversed() : ids));
          marker = reverse ? ids[0] : ids.at(-1);
          const change = changes[turn];
          if (!change) continue;
          await add(path, change.added);
          const victims = new Set(
            [...lasting.keys()].filter((_, index) => (index + change.deleted) % 5 === 0),
          );
          if (deleteMarker && marker !== undefined) victims.add(marker);
          const there = [...victims].filter((id) => lasting.has(id) || id === marker);
          for (const id of there) lasting.delete(id);
          await remove(path, there);
        }
        assert.equal(new Set(met).size, met.length, 'nothing is met twice');
        assert.deepEqual(met, reverse ? met.toSorted().toReversed() : met.toSorted());
        for (const { id, weight: its } of lasting.values()) {
          assert.equal(met.includes(id), weight === undefined || weight.includes(its), id);
        }
      },
    ),
    runs,
  );
});

test('going on and going back are inverse', async () => {
  await fc.assert(
    fc.asyncProperty(weights, filter, fc.integer({ min: 1, max: 7 }), async (initial, weight, limit) => {
      const { path } = await poolOf(initial);
      const forth: Page[] = [];
      for (let marker: string | undefined, more = true; more; ) {
        const each = await page(path, { limit, marker, weight });
        forth.push(each);
        marker = each.info.next_marker;
        more = marker !== undefined;
      }
      const all = forth.flatMap(({ ids }) => ids);
      assert.deepEqual((await page(path, { weight })).ids, all);
      assert.ok(forth.slice(0, -1).every(({ ids }) => ids.length === limit));
      for (let at = forth.length - 1; at > 0; at--) {
        const { previous_marker } = forth[at]?.info ?? {};
        const back = await page(path, { limit, marker: previous_marker, page_reverse: true, weight });
        assert.deepEqual(back.ids, forth[at - 1]?.ids);
        assert.equal(back.info.next_marker, back.ids.at(-1), 'the page come from is the next one');
        const again = await page(path, { limit, marker: back.info.next_marker, weight });
        assert.deepEqual(again.ids, forth[at]?.ids);
      }
    }),
    runs,
  );
});

test('page_reverse without a marker is the last page, and has no next one', async () => {
  const { path, members } = await poolOf([1, 1, 1, 1, 1]);
  const last = await page(path, { limit: 2, page_reverse: true });
  assert.deepEqual(
    last.ids,
    members
      .map(({ id }) => id)
      .toSorted()
      .slice(-2),
  );
  assert.equal(last.info.next_marker, undefined);
});

test('a client that pages by a marker alone comes to an empty page (C2)', async () => {
  const { path, members } = await poolOf([1, 2, 3]);
  const met: string[] = [];
  for (let marker: string | undefined, pages = 0; ; pages++) {
    assert.ok(pages < 3);
    const { ids, info } = await page(path, { marker });
    if (ids.length === 0) {
      assert.deepEqual(info, { current_count: 0 });
      break;
    }
    met.push(...ids);
    marker = ids.at(-1);
  }
  assert.deepEqual(met, members.map(({ id }) => id).toSorted());
});

test('limit 2000 is taken and 0 answers nothing (C1)', async () => {
  const { path } = await poolOf([1, 2]);
  assert.equal((await page(path, { limit: 2000 })).ids.length, 2);
  assert.deepEqual(await page(path, { limit: 0 }), { ids: [], info: { current_count: 0 } });
});

test('every list pages alike, and goes on from a deleted marker', async () => {
  const { api } = cp;
  const lbs = await Promise.all([1, 2, 3].map(() => makeLoadBalancer(api)));
  await Promise.all(lbs.map(({ id }) => makePool(api, { loadbalancer_id: id })));
  for (const [plural, path] of [
    ['loadbalancers', '/elb/loadbalancers'],
    ['pools', '/elb/pools'],
  ]) {
    const all = assertDone(await api.get(`${path}?limit=2000`))[plural ?? ''];
    const one = assertDone(await api.get(`${path}?limit=1&marker=${all[0].id}`));
    assert.deepEqual(one[plural ?? ''], [all[1]]);
    assert.deepEqual(Object.keys(one).sort(), [plural, 'page_info', 'request_id'].toSorted());
  }
  const [pool] = assertDone(await api.get(`/elb/pools?loadbalancer_id=${lbs[0].id}`)).pools;
  const rest = assertDone(await api.get(`/elb/pools?marker=${pool.id}`)).pools;
  assertDone(await api.delete(`/elb/pools/${pool.id}`), 204);
  assert.deepEqual(assertDone(await api.get(`/elb/pools?marker=${pool.id}`)).pools, rest);
});

test('a marker that the project never had is refused, and one of another project too', async () => {
  const lb = await makeLoadBalancer(cp.api);
  const wording = /'marker': there is no .* the id of the last record of the page before/;
  for (const marker of [places.nothing, 'nonsense', '0', encodeURIComponent("' OR 1=1 --")]) {
    for (const path of ['/elb/members', '/elb/pools', '/elb/listeners', '/elb/healthmonitors']) {
      assertRefused(await cp.api.get(`${path}?marker=${marker}`), 400, 'ELB.8902', wording);
    }
  }
  assertRefused(await cp.other.get(`/elb/loadbalancers?marker=${lb.id}`), 400, 'ELB.8902', wording);
});
