/** What this process uses, under the names that Prometheus has for it. */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Family } from './exposition.ts';

let before: EventLoopUtilization | undefined;

export function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, before);
  before = now;
  return [
    single('process_cpu_seconds_total', 'Processor time, user and system.', 'counter', (user + system) / 1e6),
    single('process_resident_memory_bytes', 'Memory in use.', 'gauge', rss),
    single('nodejs_heap_size_used_bytes', 'Memory that objects of the main thread take.', 'gauge', heapUsed),
    single(
      'process_start_time_seconds',
      'When it started, in seconds since 1970.',
      'gauge',
      performance.timeOrigin / 1000,
    ),
    single(
      'nodejs_eventloop_utilization',
      'How busy the main thread was since this was last asked: 1 is all of the time.',
      'gauge',
      utilization,
    ),
  ];
}

function single(name: string, help: string, type: Family['type'], value: number): Family {
  return { name, help, type, samples: [{ labels: {}, value }] };
}
