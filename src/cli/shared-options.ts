/** Options that several commands take, worded once. */
import { availableParallelism } from 'node:os';
import { logLevels } from '../observe/log.ts';

/** How many threads carry traffic, and on which addresses. */
export const trafficOptions = {
  workers: {
    kind: 'number',
    value: 'N',
    help: 'Threads that carry traffic',
    default: availableParallelism(),
    min: 1,
  },
  'access-log': {
    kind: 'text',
    value: 'FILE',
    help: 'Where requests to load balancers with a logtank are logged; - is standard output (default: access.log in the proxy’s data directory)',
  },
  'access-log-size': {
    kind: 'number',
    value: 'MIB',
    help: 'How large the access log grows before it is rotated; 0 never rotates it',
    default: 100,
  },
  'access-log-files': {
    kind: 'number',
    value: 'N',
    help: 'How many rotated access logs are kept',
    default: 5,
  },
  bind: {
    kind: 'text',
    value: 'own|any',
    help: 'Listen on each load balancer’s own address, or on all local ones',
    default: 'own',
    choices: ['own', 'any'],
  },
} as const;

/** What is logged at least, unless told otherwise. */
export function logOption<Level extends (typeof logLevels)[number]>(usual: Level) {
  return {
    'log-level': {
      kind: 'text',
      value: 'LEVEL',
      help: logLevels.join(', '),
      default: usual,
      choices: logLevels,
    },
  } as const;
}
