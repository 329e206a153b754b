/** What another project has is as if it were not there: in paths, bodies, filters, and for the users of its own. */
import assert from 'node:assert/strict';
import { ApiClient, type Reply } from '../../support/api-client.ts';
import type { Call } from './command.ts';
import { type Ground, projects } from './ground.ts';
import { resources } from './resources.ts';
import type { World } from './world.ts';

/** The call with the ids of other projects changed into ids of nothing; null when it names none. */
export function withoutForeign(world: World, call: Call): Call | null {
  const text = JSON.stringify({ path: call.path, body: call.body ?? null });
  let without = text;
  for (const { kind } of resources) {
    for (const { id, project } of kind.all(world)) {
      if (project !== call.project) without = without.replaceAll(id, kind.absent);
    }
  }
  return without === text ? null : { ...call, ...JSON.parse(without) };
}

/** Two refusals that differ in nothing but the ids they name. */
export function checkSameRefusal(world: World, foreign: Reply, absent: Reply): void {
  const wordsOf = ({ status, body }: Reply) => {
    let words = `${status} ${body?.error_code} ${body?.error_msg}`;
    for (const { kind } of resources) {
      for (const { id } of kind.all(world)) words = words.replaceAll(id, '<id>');
      words = words.replaceAll(kind.absent, '<id>');
    }
    return words;
  };
  assert.equal(wordsOf(foreign), wordsOf(absent), 'an id of another project is refused as one of nothing');
}

/** Nobody sees, by any path or filter, what another project has; and tokens are for their own projects. */
export async function checkStrangers(
  world: World,
  { client }: Ground,
  filters: readonly IdFilter[],
): Promise<void> {
  const [mine, , theirs] = projects;
  const outsider = client(theirs);
  for (const { kind, at, list } of resources) {
    const entry = kind.all(world, mine)[0];
    if (!entry) continue;
    const path = at(entry);
    const trespasser = new ApiClient(outsider.url, mine, outsider.headers);
    for (const reply of [
      await trespasser.get(path),
      await trespasser.delete(path),
      await trespasser.get(list),
    ]) {
      assert.equal(reply.status, 403, 'a token is for the projects of its user');
      assert.ok(!JSON.stringify(reply.body).includes(entry.id));
    }
    for (const method of ['GET', 'DELETE']) {
      const foreign = await outsider.call(method, path);
      const absent = await outsider.call(method, path.replaceAll(entry.id, kind.absent));
      assert.equal(foreign.status, 404);
      checkSameRefusal(world, foreign, absent);
    }
  }
  const ids = resources.flatMap(({ kind }) => kind.all(world, mine).map(({ id }) => id));
  for (const { path, name, takesMany } of ids.length > 0 ? filters : []) {
    const url = `${path}?${ids
      .slice(0, takesMany ? ids.length : 1)
      .map((id) => `${name}=${id}`)
      .join('&')}`;
    const { status, body } = await outsider.get(url);
    assert.equal(status, 200, url);
    assert.equal(body.page_info.current_count, 0, `${url} finds something for an outsider`);
  }
}

/** A filter of a list of a project that takes an id, or several. */
export interface IdFilter {
  readonly path: string;
  readonly name: string;
  readonly takesMany: boolean;
}

interface Described {
  readonly get?: {
    readonly parameters: readonly {
      readonly name: string;
      readonly in: string;
      readonly schema: { readonly type?: string };
    }[];
  };
}

/** Reads them from the OpenAPI document, so that a new list is tried without a word here. */
export async function idFilters({ clients: [client] }: Ground): Promise<IdFilter[]> {
  const paths: Record<string, Described> = (await client?.get('/openapi.json'))?.body.paths;
  return Object.entries(paths).flatMap(([template, { get }]) => {
    const [, path] = /^\/v3\/\{project_id\}(\/elb\/[^{]*)$/.exec(template) ?? [];
    const query = (get?.parameters ?? []).filter((each) => each.in === 'query');
    if (!path || !query.some(({ name }) => name === 'marker')) return [];
    return query
      .filter(({ name }) => /^id$|_id$|_ref$/.test(name))
      .map(({ name, schema }) => ({ path, name, takesMany: schema.type === 'array' }));
  });
}
