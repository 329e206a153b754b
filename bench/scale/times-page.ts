/** The page of all measured lists: one line for each call, filter and value. */
import { percentile } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { ListTimes, ShowTimes } from './measure-lists.ts';

export function timesPage(
  { lists, shows }: { readonly lists: readonly ListTimes[]; readonly shows: readonly ShowTimes[] },
  members: number,
): string {
  return `<!-- Written by npm run bench -- --only lists. -->

# Lists, call by call and filter by filter

${members.toLocaleString('en')} members in ${(members / 50).toLocaleString('en')} pools; elbow ${ownVersion()}, ${new Date().toISOString().slice(0, 10)}. Times in ms, as p50 / p99 of
a call over one connection, until its last byte is there. *Met* is how many records were found on the way to the thousandth page, at
most 20,000 and a page. The first page and the thousandth have so many records that there is a thousandth one, at most 20.

| call | filter | met | first page | thousandth page | 2,000 a page |
|---|---|--:|--:|--:|--:|
${lists.map(line).join('\n')}

## Single reads

| path | p50 / p99 |
|---|--:|
${shows.map(({ path, times }) => `| ${path.replace(/[0-9a-f]{32}/, '{project_id}')} | ${pair(times)} |`).join('\n')}
`;
}

function line({ call, filter, met, first, thousandth, full }: ListTimes): string {
  const text = filter ? `${filter.filter}=${filter.value}`.replaceAll('|', '\\|').slice(0, 70) : 'none';
  return `| ${[call.operationId, text, met, pair(first), pair(thousandth), pair(full)].join(' | ')} |`;
}

function pair(times: readonly number[]): string {
  if (times.length === 0) return '–';
  return `${percentile(times, 50).toFixed(1)} / ${percentile(times, 99).toFixed(1)}`;
}
