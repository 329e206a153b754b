/** Everything that the API says there is, and whether it is what the model says. */
import assert from 'node:assert/strict';
import { type Ground, projects, quotas } from './ground.ts';
import { resources } from './resources.ts';
import type { World } from './world.ts';

type Answer = Readonly<Record<string, unknown>> & { readonly id: string };

export interface Snapshot {
  /** By project, then by plural. */
  readonly lists: Readonly<Record<string, Readonly<Record<string, readonly Answer[]>>>>;
  /** By project, then by quota. */
  readonly used: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** @param of the projects to ask for; what was known of others is as it was */
export async function takeSnapshot(
  { clients }: Ground,
  of: ReadonlySet<string> = new Set(projects),
  known: Snapshot = { lists: {}, used: {} },
): Promise<Snapshot> {
  const asked = clients.filter(({ projectId }) => of.has(projectId));
  const perProject = asked.map(async (client) => {
    const lists = resources.map(async ({ list, plural }) => {
      const { status, body } = await client.get(list);
      assert.equal(status, 200, JSON.stringify(body));
      return [plural, body[plural] as Answer[]] as const;
    });
    const { body } = await client.get('/elb/quotas/details');
    const used = (body.quotas as { quota_key: string; used: number }[]).map(
      (each) => [each.quota_key, each.used] as const,
    );
    return [
      client.projectId,
      Object.fromEntries(await Promise.all(lists)),
      Object.fromEntries(used),
    ] as const;
  });
  const all = await Promise.all(perProject);
  return {
    lists: { ...known.lists, ...Object.fromEntries(all.map(([project, lists]) => [project, lists])) },
    used: { ...known.used, ...Object.fromEntries(all.map(([project, , used]) => [project, used])) },
  };
}

/** Every list has what the world has and nothing else, references agree in both directions, and quotas add up. */
export function checkAgreement(world: World, { lists, used }: Snapshot): void {
  for (const project of projects) {
    for (const { kind, plural, shown } of resources) {
      const answers = lists[project]?.[plural] ?? [];
      const entries = kind.all(world, project);
      const ids = answers.map(({ id }) => id);
      assert.deepEqual(
        ids,
        entries.map(({ id }) => id),
        `the ${plural} of ${project}`,
      );
      for (const [index, entry] of entries.entries()) {
        for (const [key, value] of Object.entries(shown(world, entry))) {
          assert.deepEqual(answers[index]?.[key], value, `${key} of ${kind.name} ${entry.id}`);
        }
      }
    }
    for (const { used: counts } of resources) {
      for (const [key, count] of Object.entries(counts)) {
        const number = used[project]?.[key];
        assert.equal(number, count(world, project), `what is used of quota ${key}`);
        assert.ok(
          Number(number) <= quotas[key as keyof typeof quotas],
          `quota ${key} is exceeded: ${number}`,
        );
      }
    }
  }
}

/** Times are in order: nothing was made before the game, changed before it was made, or made anew. */
export function checkTimes(before: Snapshot, after: Snapshot, startedAt: number): void {
  for (const [project, lists] of Object.entries(after.lists)) {
    for (const [plural, answers] of Object.entries(lists)) {
      const earlier = new Map(before.lists[project]?.[plural]?.map((each) => [each.id, each]));
      for (const answer of answers) {
        if (answer['created_at'] === undefined) continue;
        const [created, updated] = [answer['created_at'], answer['updated_at']].map((time) => {
          assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, plural);
          return Date.parse(String(time));
        }) as [number, number];
        assert.ok(created >= startedAt - 1000 && created <= updated && updated <= Date.now(), `${created}`);
        const known = earlier.get(answer.id);
        if (!known) continue;
        assert.equal(answer['created_at'], known['created_at'], 'created_at stays');
        assert.ok(String(answer['updated_at']) >= String(known['updated_at']), 'updated_at never goes back');
      }
    }
  }
}
