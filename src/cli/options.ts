/** Options of commands: from the command line, else the environment, else their default; and their help. */
import { parseArgs } from 'node:util';

export interface Option {
  readonly kind: 'text' | 'number' | 'flag';
  /** What stands for the value in the help: `DIR`. */
  readonly value?: string;
  readonly help: string;
  readonly default?: string | number;
  /** The least that a number may be; 0 by default. */
  readonly min?: number;
  /** The only texts that are taken, if there is such a list. */
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K]['kind'] extends 'flag'
    ? boolean
    : O[K]['kind'] extends 'number'
      ? number
      : O[K] extends { readonly default: string }
        ? string
        : string | undefined;
};

/** The command line cannot be understood; the message says what would be. */
export class UsageError extends Error {}

/**
 * @throws UsageError for an unknown option, a missing value, or one that the option does not take
 */
export function readOptions<O extends Options>(
  options: O,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Values<O> & { readonly help: boolean } {
  const given = parse(options, args);
  const values: Record<string, unknown> = { help: given['help'] === true };
  for (const [name, option] of Object.entries(options)) {
    const source = given[name] === undefined ? environmentName(name) : `--${name}`;
    const text = given[name] ?? environment[environmentName(name)];
    values[name] = text === undefined || text === '' ? fallback(option) : readValue(source, option, text);
  }
  return values as Values<O> & { readonly help: boolean };
}

function parse(options: Options, args: readonly string[]): Record<string, string | boolean | undefined> {
  const types = Object.entries(options).map(([name, { kind }]) => [
    name,
    { type: kind === 'flag' ? 'boolean' : 'string' },
  ]);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
      strict: true,
    });
    return values as Record<string, string | boolean | undefined>;
  } catch (error) {
    // Its first sentence says what is wrong, the others guess at what was meant.
    const [fault = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${fault.replace(/\.$/, '')}; --help shows the options.`);
  }
}

function fallback({ kind, default: value }: Option): unknown {
  return kind === 'flag' ? false : value;
}

function readValue(source: string, option: Option, text: string | boolean): unknown {
  const refuse = (expected: string) => new UsageError(`${source} takes ${expected}, not "${text}".`);
  switch (option.kind) {
    case 'flag':
      if (['true', '1'].includes(String(text))) return true;
      if (['false', '0'].includes(String(text))) return false;
      throw refuse('true or false');
    case 'number': {
      const { min = 0 } = option;
      if (/^\d{1,9}$/.test(String(text)) && Number(text) >= min) return Number(text);
      throw refuse(`a whole number from ${min}`);
    }
    case 'text':
      if (!option.choices || option.choices.includes(String(text))) return text;
      throw refuse(option.choices.join(', ').replace(/, (?=[^,]*$)/, ' or '));
  }
}

/** The environment variable of an option: `ELBOW_NO_PROXY` for `no-proxy`. */
function environmentName(name: string): string {
  return `ELBOW_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** The lines of a command's help. */
export function helpText(usage: string, summary: string, options: Options): string {
  const rows = Object.entries(options).map(([name, { value, help, default: usual }]) => [
    `  --${name}${value ? ` ${value}` : ''}`,
    `${help}${usual === undefined ? '' : ` (default: ${usual})`} [${environmentName(name)}]`,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 2;
  return [
    `Usage: ${usage}`,
    '',
    summary,
    '',
    'Options (each also an environment variable):',
    ...rows.map(([left = '', right = '']) => left.padEnd(width) + right),
    `${'  --help'.padEnd(width)}Show this.`,
  ].join('\n');
}
