import { elbow } from '../peers/elbow.ts';
import { elbowWithPolicies } from '../peers/elbow-with-policies.ts';
import { compare, rateNote } from '../support/comparison.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const measure = 'HTTP/1.1 kept alive, l7 policies with a host each: processor time a request';

const few = elbowWithPolicies(10);
const many = elbowWithPolicies(1000);

/** What policies that cannot match cost: a thousand of them beside ten. */
export const hostPolicies: Scenario = {
  key: 'policies',
  title: '1,000 l7 policies beside ten',
  run: async (bench) => {
    const { traffic, absent } = await measureTraffic(bench, {
      measure,
      mode: 'http',
      peers: [elbow, few, many],
      connections: 32,
      reconnects: false,
      path: '/small',
      generator: bench.generator,
    });
    const figures = compare(traffic, {
      measure,
      unit: 'µs',
      value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
      goals: new Map([[many, { text: 'at most 1.5 × ten', of: few, isMet: (ratio) => ratio <= 1.5 }]]),
      note: rateNote,
    });
    return [...figures, ...absent];
  },
};
