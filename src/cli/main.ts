#!/usr/bin/env node
/** The command line: `elbow COMMAND [options]`. */
import { InventoryError } from '../service/inventory.ts';
import { DirectoryInUse } from '../store/directory-lock.ts';
import { NewerDatabase } from '../store/migrate.ts';
import { CredentialsError } from './credentials.ts';
import { UsageError } from './options.ts';

interface Command {
  readonly summary: string;
  readonly load: () => Promise<(args: readonly string[]) => Promise<void>>;
}

const commands: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'Serve the API, and carry traffic in a process beside it',
    load: async () => (await import('./serve.ts')).serve,
  },
  proxy: {
    summary: 'Carry traffic, as a control plane elsewhere tells it',
    load: async () => (await import('./proxy.ts')).proxy,
  },
  demo: {
    summary: 'Show a load balancer at work in a minute, and leave no trace',
    load: async () => (await import('./demo/demo.ts')).demo,
  },
};

const [given, ...rest] = process.argv.slice(2);
const isOption = given?.startsWith('-') ?? false;
// Without a command it serves: that is what `npm start` is for.
const name = given === undefined || isOption ? 'serve' : given;
const args = isOption && given !== undefined ? [given, ...rest] : rest;
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

if (given === '--help' || given === '-h' || given === 'help') {
  console.log(overview());
} else if (!command) {
  const known = Object.keys(commands).join(', ');
  console.error(`elbow: there is no command "${name}"; the commands are ${known} (see elbow --help).`);
  process.exitCode = 2;
} else {
  await run(command);
}

async function run({ load }: Command): Promise<void> {
  try {
    const start = await load();
    await start(args);
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : 1;
    const fault = expectedFault(error);
    console.error(fault === null ? error : `elbow ${name}: ${fault}`);
  }
}

/** What went wrong in one line, or null when nobody expected it. */
function expectedFault(error: unknown): string | null {
  const expected = [UsageError, CredentialsError, DirectoryInUse, NewerDatabase, InventoryError];
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  const { code, syscall, address, port, message } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  if (code === 'EADDRINUSE' && syscall === 'listen') {
    return `${address}:${port} is in use. Stop what listens there, or give another address with --listen.`;
  }
  return syscall === undefined ? null : message;
}

function overview(): string {
  const rows = Object.entries(commands).map(([key, { summary }]) => `  ${key.padEnd(8)}${summary}`);
  return [
    'Usage: elbow [serve] [options]',
    '',
    ...rows,
    '',
    'elbow COMMAND --help shows the options of a command.',
  ].join('\n');
}
