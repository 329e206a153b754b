/** The control plane over a store of a million members: its start, its memory, every list with each filter, and reads. */
import type { OpenApiDocument } from '../../src/api/openapi/document.ts';
import { listCalls } from '../../test/support/list-calls.ts';
import { generate } from '../scale/generate.ts';
import { type ListTimes, measureLists } from '../scale/measure-lists.ts';
import { TimedClient } from '../scale/timed-client.ts';
import { ElbowInstallation } from '../support/elbow-installation.ts';
import { residentBytes } from '../support/processes.ts';
import type { Figure } from '../support/rows.ts';
import { percentile } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { Scenario } from './scenario.ts';

const members = 1_000_000;

/** How often each page is asked for. */
const times = 10;

export const scale: Scenario = {
  key: 'scale',
  title: '1,000,000 members in 20,000 pools: start, memory, lists with each one filter, single reads',
  run: async ({ workshop, progress }) => {
    const { directory, config } = await generate(workshop.directory(), members, progress);
    const options = { directory, options: ['--config', config], withProxy: false };
    const starts: number[] = [];
    for (let start = 0; start < 2; start++) {
      await using elbow = await ElbowInstallation.start(workshop, options);
      starts.push(elbow.startMs / 1000);
    }
    await using elbow = await ElbowInstallation.start(workshop, options);
    starts.push(elbow.startMs / 1000);
    const memoryAtStart = residentBytes(elbow.pid);
    using client = new TimedClient(elbow.api.url, elbow.api.headers);
    const { body } = await client.get('/openapi.json');
    const calls = listCalls(JSON.parse(body.toString()) as OpenApiDocument);
    const { projectId } = elbow.api;
    const { lists, shows } = await measureLists(calls, { client, projectId, times, progress });
    const memory = [memoryAtStart, residentBytes(elbow.pid)].map((bytes) => bytes / 2 ** 20);
    const reads = shows.flatMap((each) => each.times);
    return [
      figure('start with a million members', 's', starts, 10),
      figure('memory at the start, and after all lists', 'MiB', memory, 1536),
      p99Figure('first page, every list with each one filter', lists, 'first', 20),
      p99Figure('thousandth page, the same', lists, 'thousandth', 20),
      p99Figure('pages of 2,000, the same', lists, 'full', 20),
      {
        ...figure('single reads: p99 of every resource', 'ms', [percentile(reads, 99)], 2),
        note: `${reads.length} reads`,
      },
    ];
  },
};

function figure(measure: string, unit: string, values: readonly number[], limit: number): Figure {
  const target = { text: `at most ${limit} ${unit}`, isMet: Math.max(...values) <= limit };
  return { measure, unit, subject: `elbow ${ownVersion()}`, values, target };
}

/** Over all lists together; the note names the list and filter that took longest, by its own 99th percentile. */
function p99Figure(
  measure: string,
  lists: readonly ListTimes[],
  key: 'first' | 'thousandth' | 'full',
  limit: number,
): Figure {
  const measured = lists.filter((each) => each[key].length > 0);
  const all = measured.flatMap((each) => each[key]);
  const worst = measured
    .map((each) => ({ each, p99: percentile(each[key], 99) }))
    .toSorted((a, b) => b.p99 - a.p99)[0];
  const name = worst ? `${worst.each.call.operationId}?${worst.each.filter?.filter ?? ''}` : '';
  return {
    ...figure(`${measure}: p99`, 'ms', [percentile(all, 99)], limit),
    note: `${all.length} calls of ${measured.length} lists; the worst list is ${name} with ${worst?.p99.toFixed(1)} ms`,
  };
}
