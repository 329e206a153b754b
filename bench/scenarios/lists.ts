import { listCalls } from '../../test/support/list-calls.ts';
import { generate } from '../scale/generate.ts';
import { type ListTimes, measureLists, type ShowTimes } from '../scale/measure-lists.ts';
import { RunningStore } from '../scale/running-store.ts';
import { TimedClient } from '../scale/timed-client.ts';
import { timesPage } from '../scale/times-page.ts';
import type { Row } from '../support/rows.ts';
import { percentile } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { Scenario } from './scenario.ts';

/** How often each page is asked for: with fewer, the 99th percentile would say little. */
const times = 20;

const limits = { startSeconds: 10, residentMebibytes: 1536, listMs: 20, showMs: 2 };

/** A store of a million members: how it starts, what memory it takes, and how fast it lists and shows. */
export const lists: Scenario = {
  key: 'lists',
  title: 'lists of a store of a million members',
  run: async ({ workshop, members, progress, writePage }) => {
    const subject = `elbow ${ownVersion()}`;
    const directory = workshop.directory();
    const generated = await generate(directory, members, (text) => progress(`generating: ${text}`));
    const starts: number[] = [];
    const resident = { started: 0, listed: 0, streamed: 0 };
    const rows: Row[] = [];
    {
      await using first = await RunningStore.start(workshop, generated, false);
      starts.push(first.startSeconds);
    }
    {
      await using running = await RunningStore.start(workshop, generated, false);
      starts.push(running.startSeconds);
      resident.started = running.residentMebibytes();
      progress(`started in ${starts.map((each) => each.toFixed(1)).join(' and ')} s`);
      const measured = await measureAll(running, progress);
      resident.listed = running.residentMebibytes();
      rows.push(...listRows(measured.lists, subject), showRow(measured.shows, subject));
      writePage('lists.md', timesPage(measured, members));
    }
    {
      await using running = await RunningStore.start(workshop, generated, true);
      starts.push(running.startSeconds);
      const seconds = await running.proxyRuns();
      resident.streamed = running.residentMebibytes();
      progress(`with a proxy, which ran everything ${seconds.toFixed(1)} s later`);
      rows.push({ measure: 'until a new proxy runs all of it', unit: 's', subject, values: [seconds] });
    }
    workshop.remove(directory);
    const what = `${members.toLocaleString('en')} members in ${(members / 50).toLocaleString('en')} pools`;
    return [
      {
        ...{ measure: `start-up, ${what}`, unit: 's', subject, values: starts },
        target: { text: 'at most 10 s', isMet: Math.max(...starts) <= limits.startSeconds },
        note: 'first after the inventory changed, then again, then with a proxy',
      },
      {
        ...{ measure: 'memory, the same', unit: 'MiB', subject, values: Object.values(resident) },
        target: {
          text: 'at most 1.5 GiB',
          isMet: Math.max(...Object.values(resident)) <= limits.residentMebibytes,
        },
        note: `${Object.entries(resident)
          .map(([when, size]) => `${when} ${Math.round(size)}`)
          .join(', ')}`,
      },
      ...rows,
    ];
  },
};

async function measureAll(running: RunningStore, progress: (text: string) => void) {
  const { api } = running;
  using client = new TimedClient(api.url, api.headers);
  const calls = listCalls((await api.get('/openapi.json')).body);
  return await measureLists(calls, { client, projectId: api.projectId, times, progress });
}

function listRows(measured: readonly ListTimes[], subject: string): Row[] {
  const ofMembers = measured.filter(({ call }) => /^List(All)?Members$/.test(call.operationId));
  return [
    row('first page, any one filter: p99 of a call', 'first', measured, subject, true),
    row('thousandth page, any one filter: p99 of a call', 'thousandth', measured, subject, true),
    row('2,000 members a page, any one filter: p99 of a call', 'full', ofMembers, subject, true),
    row('2,000 of anything a page: p99 of a call', 'full', measured, subject, false),
  ];
}

function row(
  measure: string,
  page: 'first' | 'thousandth' | 'full',
  measured: readonly ListTimes[],
  subject: string,
  hasTarget: boolean,
): Row {
  const byCall = Map.groupBy(
    measured.filter((each) => each[page].length > 0),
    ({ call }) => call.operationId,
  );
  const p99s = [...byCall].map(([id, each]) => ({
    id,
    p99: percentile(
      each.flatMap((one) => one[page]),
      99,
    ),
  }));
  if (p99s.length === 0) return { measure, subject, absent: 'there are no such pages' };
  const values = p99s.map(({ p99 }) => p99);
  const worst = p99s.reduce((a, b) => (b.p99 > a.p99 ? b : a));
  const target = { text: 'at most 20 ms', isMet: worst.p99 <= limits.listMs };
  const note = `${values.length} calls; the slowest is ${worst.id}; each filter is in lists.md`;
  return { measure, unit: 'ms', subject, values, note, ...(hasTarget ? { target } : {}) };
}

function showRow(shows: readonly ShowTimes[], subject: string): Row {
  const values = shows.map(({ times: taken }) => percentile(taken, 99));
  return {
    ...{ measure: 'single reads: p99 of a call', unit: 'ms', subject, values },
    target: { text: 'at most 2 ms', isMet: Math.max(...values) <= limits.showMs },
    note: `p50 ${percentile(
      shows.flatMap(({ times: taken }) => taken),
      50,
    ).toFixed(2)} ms`,
  };
}
