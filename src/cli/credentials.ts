/** The secrets of an installation: made at the first start, kept in the data directory, preset by the environment. */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newAccessKey } from '../service/identity/new-access-key.ts';
import { UsageError } from './options.ts';

export interface Credentials {
  readonly project_id: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** What a proxy presents to the control plane. */
  readonly proxy_token: string;
  /** What scrapers of metrics present. */
  readonly metrics_token: string;
  /** Signs the tokens that users get. */
  readonly token_key: string;
  /** Encrypts the private keys in the database. */
  readonly secrets_key: string;
}

/** The file with the credentials cannot be used; the message says why and how to go on. */
export class CredentialsError extends Error {
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`${path} cannot be used: ${why}. Mend it, or delete it to get new credentials.`, options);
    this.name = 'CredentialsError';
  }
}

/**
 * What the environment presets.
 *
 * @throws UsageError
 */
export function presetCredentials(environment: NodeJS.ProcessEnv): Partial<Credentials> {
  const preset = {
    project_id: environment['ELBOW_PROJECT_ID'],
    access_key: environment['ELBOW_ACCESS_KEY'],
    secret_key: environment['ELBOW_SECRET_KEY'],
    user: environment['ELBOW_USER'],
    password: environment['ELBOW_PASSWORD'],
  };
  if (preset.project_id && !projectId.test(preset.project_id)) {
    throw new UsageError(
      `ELBOW_PROJECT_ID must be 1 to 32 digits and lowercase letters, as an ELB project id is, not "${preset.project_id}".`,
    );
  }
  return Object.fromEntries(Object.entries(preset).filter(([, value]) => value));
}

const projectId = /^[0-9a-z]{1,32}$/;

/**
 * The credentials of a data directory, which its caller holds. What is preset wins over what was kept; what neither
 * has is random.
 *
 * @throws CredentialsError
 */
export function loadCredentials(directory: string, preset: Partial<Credentials>): Credentials {
  const path = join(directory, 'credentials.json');
  const credentials = { ...randomCredentials(), ...readKept(path), ...preset };
  const text = `${JSON.stringify(credentials, null, 2)}\n`;
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return credentials;
}

function readKept(path: string): Partial<Credentials> {
  let kept: unknown;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    // What JSON.parse says repeats the text around the fault: here, secrets.
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    throw new CredentialsError(path, why, { cause: error });
  }
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) {
    throw new CredentialsError(path, 'it does not hold a JSON object');
  }
  for (const [key, value] of Object.entries(kept)) {
    if (typeof value !== 'string' || value === '') {
      throw new CredentialsError(path, `its ${key} is not a text that says something`);
    }
  }
  const { project_id } = kept as Partial<Credentials>;
  if (project_id !== undefined && !projectId.test(project_id)) {
    throw new CredentialsError(path, 'its project_id is not 1 to 32 digits and lowercase letters');
  }
  return kept;
}

function randomCredentials(): Credentials {
  const { access, secret } = newAccessKey();
  return {
    project_id: randomBytes(16).toString('hex'),
    access_key: access,
    secret_key: secret,
    user: 'elbow',
    password: randomBytes(12).toString('base64url'),
    domain: 'elbow',
    proxy_token: randomBytes(24).toString('base64url'),
    metrics_token: randomBytes(24).toString('base64url'),
    token_key: randomBytes(32).toString('base64url'),
    secrets_key: randomBytes(32).toString('base64url'),
  };
}
