/** The secrets of an installation: made at the first start, kept in the data directory, preset by the environment. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Credentials {
  readonly project_id: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** What a proxy presents to the control plane. */
  readonly proxy_token: string;
  /** Signs the tokens that users get. */
  readonly token_key: string;
  /** Encrypts the private keys in the database. */
  readonly secrets_key: string;
}

const fileName = 'credentials.json';

/**
 * The credentials of a data directory, which is made when it does not exist. What the environment presets wins over
 * what was kept; what neither has is random.
 */
export function loadCredentials(directory: string, environment: NodeJS.ProcessEnv): Credentials {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, fileName);
  const kept = readKept(path);
  const preset = {
    project_id: environment['ELBOW_PROJECT_ID'],
    access_key: environment['ELBOW_ACCESS_KEY'],
    secret_key: environment['ELBOW_SECRET_KEY'],
    user: environment['ELBOW_USER'],
    password: environment['ELBOW_PASSWORD'],
  };
  const credentials = { ...randomCredentials(), ...kept, ...withoutEmpty(preset) };
  if (!/^[0-9a-z]{1,32}$/.test(credentials.project_id)) {
    throw new Error(
      'ELBOW_PROJECT_ID must be 1 to 32 digits and lowercase letters, as an ELB project id is.',
    );
  }
  const text = `${JSON.stringify(credentials, null, 2)}\n`;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return credentials;
}

function readKept(path: string): Partial<Credentials> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Credentials>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(
      `${path} cannot be read: ${(error as Error).message}. Mend it, or delete it to get new credentials.`,
      {
        cause: error,
      },
    );
  }
}

function randomCredentials(): Credentials {
  return {
    project_id: randomBytes(16).toString('hex'),
    access_key: randomBytes(10).toString('hex').toUpperCase(),
    secret_key: randomBytes(20).toString('hex'),
    user: 'elbow',
    password: randomBytes(12).toString('base64url'),
    domain: 'elbow',
    proxy_token: randomBytes(24).toString('base64url'),
    token_key: randomBytes(32).toString('base64url'),
    secrets_key: randomBytes(32).toString('base64url'),
  };
}

function withoutEmpty(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
