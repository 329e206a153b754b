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
