/** A walk through all pages of a list, while others create and delete: what stays is met once. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiClient } from '../../support/api-client.ts';
import { resources } from './resources.ts';
import type { World } from './world.ts';

export interface Walk {
  readonly resource: number;
  readonly limit: number;
  readonly reverse: boolean;
}

export const walk: fc.Arbitrary<Walk> = fc.record({
  resource: fc.nat({ max: resources.length - 1 }),
  limit: fc.integer({ min: 1, max: 3 }),
  reverse: fc.boolean(),
});

/** What a walk has met, in the order of meeting. */
export interface Walked {
  readonly walk: Walk;
  readonly project: string;
  readonly met: readonly string[];
}

export async function walkThrough(client: ApiClient, of: Walk): Promise<Walked> {
  const resource = resources[of.resource];
  assert.ok(resource);
  const met: string[] = [];
  for (let marker = '', pages = 0; pages < 200; pages++) {
    const { status, body } = await client.get(
      `${resource.list}?limit=${of.limit}&page_reverse=${of.reverse}${marker}`,
    );
    assert.equal(status, 200, JSON.stringify(body));
    const ids: string[] = (body[resource.plural] as { id: string }[]).map(({ id }) => id);
    assert.ok(ids.length <= of.limit);
    assert.deepEqual(ids, ids.toSorted(), 'a page is in ascending order');
    met.push(...(of.reverse ? ids.toReversed() : ids));
    const next: string | undefined = of.reverse ? ids[0] : body.page_info.next_marker;
    if (next === undefined) return { walk: of, project: client.projectId, met };
    marker = `&marker=${next}`;
  }
  throw new Error('the walk has no end');
}

/** @param before @param after the worlds between which the walk took place */
export function checkWalk({ walk: of, project, met }: Walked, before: World, after: World): void {
  const kind = resources[of.resource]?.kind;
  assert.ok(kind);
  const earlier = new Set(kind.all(before, project).map(({ id }) => id));
  const later = new Set(kind.all(after, project).map(({ id }) => id));
  const sorted = met.toSorted();
  assert.equal(new Set(met).size, met.length, `a walk met something twice: ${met}`);
  assert.deepEqual(met, of.reverse ? sorted.toReversed() : sorted, 'a walk goes one way');
  assert.deepEqual(
    met.filter((id) => !earlier.has(id) && !later.has(id)),
    [],
    'a walk meets nothing that is not there',
  );
  assert.deepEqual(
    [...earlier].filter((id) => later.has(id) && !met.includes(id)),
    [],
    `a walk (${JSON.stringify(of)}) skips nothing that stays`,
  );
}
