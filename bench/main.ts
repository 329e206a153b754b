/** `npm run bench`: measures Elbow beside its peers and writes the table of `bench/README.md`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hostPolicies } from './scenarios/host-policies.ts';
import { httpRequests } from './scenarios/http-requests.ts';
import { idleMemory } from './scenarios/idle-memory.ts';
import { lists } from './scenarios/lists.ts';
import { memberAdded } from './scenarios/member-added.ts';
import { memberCreates } from './scenarios/member-creates.ts';
import { httpConnections, tcpConnections } from './scenarios/new-connections.ts';
import { probing } from './scenarios/probing.ts';
import type { Bench, Scenario } from './scenarios/scenario.ts';
import { tcpBulk } from './scenarios/tcp-bulk.ts';
import { tcpRequests } from './scenarios/tcp-requests.ts';
import { tls } from './scenarios/tls.ts';
import { udpDatagrams } from './scenarios/udp-datagrams.ts';
import { ForeignLoad } from './support/foreign-load.ts';
import { bestGenerator } from './support/load.ts';
import { writeReport } from './support/report.ts';
import { tableLine } from './support/table.ts';
import { ownVersion } from './support/versions.ts';
import { Workshop } from './support/workshop.ts';

const scenarios: readonly Scenario[] = [
  httpRequests,
  hostPolicies,
  tls,
  tcpRequests,
  tcpBulk,
  udpDatagrams,
  httpConnections,
  tcpConnections,
  idleMemory,
  memberAdded,
  memberCreates,
  probing,
  lists,
];
const keys = scenarios.map(({ key }) => key);

const help = `Usage: npm run bench [-- options]

Measures Elbow beside its peers on this machine and writes the table of bench/README.md.

  --only KEY,...   Only these rows: ${keys.join(', ')}
  --seconds N      How long a round lasts (default: 2)
  --rounds N       How many rounds each figure is the median of (default: 5)
  --members N      Members of the store that lists are measured on (default: 1000000)
  --dry            Print the table only
  --help           Show this`;

/** The command line cannot be understood; the message says what would be. */
class UsageError extends Error {}

try {
  const options = readOptions();
  if (options.help) console.log(help);
  else await measure(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

interface Options {
  readonly chosen: readonly Scenario[];
  readonly rounds: number;
  readonly seconds: number;
  readonly members: number;
  readonly dry: boolean;
  readonly help: boolean;
}

async function measure({ chosen, rounds, seconds, members, dry }: Options): Promise<void> {
  // Ending the process has the workshop end everything that was started.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(130));
  using workshop = new Workshop();
  const bench: Bench = {
    workshop,
    generator: bestGenerator(workshop),
    rounds,
    seconds,
    members,
    writePage: (name, text) => {
      if (!dry) writeFileSync(new URL(name, import.meta.url), text);
    },
    progress: (text) => console.error(`  ${text}`),
  };
  const foreignLoad = new ForeignLoad();
  const measured = new Map<string, readonly string[]>();
  for (const { key, title, run } of chosen) {
    console.error(`${key}: ${title}`);
    const lines = await run(bench).then(
      (rows) => rows.map((row) => tableLine(key, row)),
      (error: Error) => {
        process.exitCode = 1;
        return [tableLine(key, { measure: title, subject: 'elbow', absent: `failed: ${error.message}` })];
      },
    );
    console.log(lines.join('\n'));
    measured.set(key, lines);
    // After each, so that a run that is cut short has not been for nothing.
    if (!dry) {
      const generator = bench.generator.name;
      const foreignShare = foreignLoad.share();
      writeReport({ keys, measured, generator, rounds, seconds, version: ownVersion(), foreignShare });
    }
  }
}

function readOptions(): Options {
  const { only, seconds, rounds, members, dry, help } = parse();
  return {
    chosen: chosenScenarios(only),
    seconds: wholeNumber('seconds', seconds),
    rounds: wholeNumber('rounds', rounds),
    members: wholeNumber('members', members),
    dry,
    help,
  };
}

function parse() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        seconds: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
        members: { type: 'string', default: '1000000' },
        dry: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${help}`);
  }
}

function chosenScenarios(only: string | undefined): readonly Scenario[] {
  if (only === undefined) return scenarios;
  const asked = only.split(',');
  const unknown = asked.find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new UsageError(`--only: there is no row "${unknown}". There are: ${keys.join(', ')}.`);
  return scenarios.filter(({ key }) => asked.includes(key));
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} takes a whole number from 1, not "${text}".`);
}
