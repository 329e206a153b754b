import { elbow } from '../peers/elbow.ts';
import { haproxy } from '../peers/haproxy.ts';
import { nginx } from '../peers/nginx.ts';
import { fastifyHttpProxy, fastProxy, httpProxy3 } from '../peers/node-packages.ts';
import { compare, type Goal, rateNote } from '../support/comparison.ts';
import { measureTraffic } from '../support/traffic.ts';
import type { Scenario } from './scenario.ts';

const measure = 'HTTP/1.1 kept alive, small: processor time a request';

const threefold: Goal = { text: 'at least 3 × elbow’s', of: elbow, isMet: (ratio) => ratio >= 3 };

/** Small requests on kept-alive connections, each with a path of its own. */
export const httpRequests: Scenario = {
  key: 'http',
  title: 'HTTP/1.1 kept alive',
  run: async (bench) => {
    const { traffic, absent } = await measureTraffic(bench, {
      measure,
      mode: 'http',
      peers: [elbow, haproxy, nginx, httpProxy3, fastProxy, fastifyHttpProxy],
      connections: 32,
      reconnects: false,
      path: '/small',
      generator: bench.generator,
    });
    const figures = compare(traffic, {
      measure,
      unit: 'µs',
      value: ({ processorSecondsPerRequest }) => processorSecondsPerRequest * 1e6,
      goals: new Map([
        [elbow, { text: 'at most 1.2 × HAProxy', of: haproxy, isMet: (ratio) => ratio <= 1.2 }],
        [httpProxy3, threefold],
        [fastProxy, threefold],
        [fastifyHttpProxy, threefold],
      ]),
      note: rateNote,
    });
    return [...figures, ...absent];
  },
};
