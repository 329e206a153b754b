/** What exactly was measured. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The version an installed program tells of itself, or null when it is not installed. */
export function programVersion(command: string, args: readonly string[], pattern: RegExp): string | null {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return error ? null : (pattern.exec(`${stdout}${stderr}`)?.[1] ?? null);
}

/** The version of a package in node_modules, or null when it is not installed. */
export function packageVersion(name: string): string | null {
  return versionIn(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
}

/** Elbow's own version, and the commit of the working tree. */
export function ownVersion(): string {
  const version = versionIn(new URL('../../package.json', import.meta.url));
  const commit = programVersion('git', ['rev-parse', '--short', 'HEAD'], /^([0-9a-f]+)$/m);
  return commit === null ? `${version}` : `${version} (${commit})`;
}

function versionIn(file: URL): string | null {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}
