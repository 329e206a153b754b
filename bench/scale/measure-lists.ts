/** Times every list call with no filter and with each one filter, on pages near and far, and single reads. */

import { type FilterValue, filterValues, type Item } from '../../test/support/filter-values.ts';
import type { ListCall } from '../../test/support/list-calls.ts';
import { percentile } from '../support/spread.ts';
import type { TimedClient } from './timed-client.ts';

/** Times in milliseconds. */
export interface ListTimes {
  readonly call: ListCall;
  /** Null for the whole list. */
  readonly filter: FilterValue | null;
  /** Records that were met on the way to the thousandth page. */
  readonly met: number;
  readonly first: readonly number[];
  /** Of as many records each as the first; empty when there are less than a thousand such pages. */
  readonly thousandth: readonly number[];
  /** Pages of 2,000, but for those that were shorter. */
  readonly full: readonly number[];
}

export interface ShowTimes {
  readonly path: string;
  readonly times: readonly number[];
}

const fullPage = 2000;

/** A page when there are plenty of them. */
const usualPage = 20;

const thousandth = 999;

export interface Measuring {
  readonly client: TimedClient;
  readonly projectId: string;
  /** How often each page is asked for. */
  readonly times: number;
  readonly progress: (text: string) => void;
}

/** @param calls of which some are below records of others, as members are below pools */
export async function measureLists(
  calls: readonly ListCall[],
  measuring: Measuring,
): Promise<{ lists: ListTimes[]; shows: ShowTimes[] }> {
  const lists: ListTimes[] = [];
  const shows: ShowTimes[] = [];
  const samples = new Map<string, readonly Item[]>();
  const paths = calls.map((call) => pathOf(call, measuring.projectId));
  for (const path of paths) {
    if (path.includes('{')) continue;
    const [plural, sample] = await sampleOf(path, measuring);
    // That of the recycle bin, which comes later, has the same name.
    if (!samples.has(plural)) samples.set(plural, sample);
  }
  for (const [index, call] of calls.entries()) {
    const path = withParents(paths[index] ?? '', samples);
    if (path === null) continue;
    const [plural, sample] = await sampleOf(path, measuring);
    if (sample.length === 0) continue;
    for (const filter of [null, ...filterValues(call, plural, new Map([...samples, [plural, sample]]))]) {
      lists.push(await measureList(call, path, plural, filter, measuring));
    }
    if (call.showPath) shows.push(await measureShows(path, sample, measuring));
    measuring.progress(`${call.operationId}: ${worstOf(lists.filter((each) => each.call === call))}`);
  }
  return { lists, shows };
}

function pathOf({ path }: ListCall, projectId: string): string {
  return path.replace('{project_id}', projectId);
}

/** Records from both ends of a list, and the key that they come under. */
async function sampleOf(path: string, { client }: Measuring): Promise<[string, Item[]]> {
  const ends = await Promise.all([
    client.get(path),
    client.get(`${path}?limit=${fullPage}&page_reverse=true`),
  ]);
  const bodies = ends.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);
  const plural = Object.keys(bodies[0] ?? {}).find((key) => Array.isArray(bodies[0]?.[key])) ?? '';
  const items = bodies.flatMap((body) => body[plural] as Item[]);
  return [plural, [...new Map(items.map((item) => [item['id'], item])).values()]];
}

/** A path below a record, as the members of a pool: below the one that most of the sample belong to. */
function withParents(path: string, samples: ReadonlyMap<string, readonly Item[]>): string | null {
  const [, parent] = /\{(\w+)_id\}/.exec(path) ?? [];
  if (parent === undefined) return path;
  const key = `${parent}_id`;
  const below = [...samples.values()]
    .flat()
    .filter((item) => typeof item[key] === 'string' && item[key] !== '');
  const byParent = [...Map.groupBy(below, (item) => String(item[key]))];
  byParent.sort(([, a], [, b]) => b.length - a.length);
  const [id] = byParent[0] ?? [];
  return id === undefined ? null : path.replace(`{${key}}`, id);
}

async function measureList(
  call: ListCall,
  path: string,
  plural: string,
  filter: FilterValue | null,
  { client, times }: Measuring,
): Promise<ListTimes> {
  const query = filter ? `&${filter.filter}=${encodeURIComponent(filter.value)}` : '';
  const ids: string[] = [];
  const full: number[] = [];
  for (let marker = ''; ids.length < usualPage * (thousandth + 1); ) {
    const { body, tookMs } = await client.get(`${path}?limit=${fullPage}${marker}${query}`);
    const found = (JSON.parse(body.toString()) as Record<string, Item[]>)[plural] ?? [];
    ids.push(...found.map(({ id }) => String(id)));
    if (found.length === fullPage) full.push(tookMs);
    if (found.length < fullPage) break;
    marker = `&marker=${ids.at(-1)}`;
  }
  const limit = Math.max(1, Math.min(usualPage, Math.floor(ids.length / (thousandth + 1))));
  const last = ids[limit * thousandth - 1];
  const size = last === undefined ? usualPage : limit;
  const repeat = async (marker: string) => {
    const taken: number[] = [];
    for (let time = 0; time < times; time++) {
      taken.push((await client.get(`${path}?limit=${size}${marker}${query}`)).tookMs);
    }
    return taken;
  };
  return {
    ...{ call, filter, met: ids.length, full },
    first: await repeat(''),
    thousandth: last === undefined ? [] : await repeat(`&marker=${last}`),
  };
}

async function measureShows(
  path: string,
  sample: readonly Item[],
  { client }: Measuring,
): Promise<ShowTimes> {
  const step = Math.max(1, Math.floor(sample.length / 300));
  const times: number[] = [];
  for (let at = 0; at < sample.length; at += step) {
    times.push((await client.get(`${path}/${sample[at]?.['id']}`)).tookMs);
  }
  return { path, times };
}

function worstOf(lists: readonly ListTimes[]): string {
  const p99 = (times: readonly number[]) => (times.length === 0 ? '–' : percentile(times, 99).toFixed(1));
  const all = (key: 'first' | 'thousandth' | 'full') => p99(lists.flatMap((each) => each[key]));
  return `p99 ${all('first')} ms, thousandth page ${all('thousandth')} ms, pages of 2,000 ${all('full')} ms`;
}
