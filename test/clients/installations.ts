/**
 * Installs the clients from their registries, each as its users do, below `node_modules/.cache/clients`, where the
 * next run finds them. What a client is made of is pinned beside its program: requirements.txt, go.sum, pom.xml.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cache = fileURLToPath(new URL('../../node_modules/.cache/clients', import.meta.url));
const execute = promisify(execFile);

/** Thrown when a toolchain or its registry is missing; the message says which, and what it answered. */
export class Unavailable extends Error {}

/** A client that can be installed. */
export interface Installation {
  /** Of what is installed. */
  readonly name: string;
  /** The folder of its program, beside this file. */
  readonly folder: string;
  /** The file there that pins what is downloaded. */
  readonly manifest: string;
  /** Downloads into a folder of its own; throws `Unavailable` where that cannot be. */
  readonly download: (source: string, target: string) => Promise<void>;
  /** Compiles its program, for languages that need it. */
  readonly compile?: (source: string, target: string) => Promise<unknown>;
  /** The command line that runs its program once it is installed. */
  readonly command: (source: string, target: string) => readonly [string, ...string[]];
}

/** An installed client. */
export interface Installed {
  readonly command: readonly [string, ...string[]];
  /** Where its program is. */
  readonly source: string;
  /** What was installed or built for it. */
  readonly target: string;
}

/** A Python program over packages of PyPI, in a virtual environment. */
export function pythonClient(name: string): Installation {
  return {
    name,
    folder: name,
    manifest: 'requirements.txt',
    download: async (source, target) => {
      await available('python3', ['-m', 'venv', target], source);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile'];
      await available(join(target, 'bin/python'), [...pip, '-r', 'requirements.txt'], source);
    },
    command: (source, target) => [join(target, 'bin/python'), join(source, 'main.py')],
  };
}

/** One of the Go programs, which share a module and what it requires of the Go module proxy. */
export function goClient(program: string): Installation {
  return {
    name: `go-${program}`,
    folder: 'go',
    manifest: 'go.sum',
    download: (source) => available('go', ['mod', 'download'], source),
    compile: (source, target) =>
      execute('go', ['build', '-o', join(target, 'program'), `./${program}`], { cwd: source }),
    command: (_, target) => [join(target, 'program')],
  };
}

/** A Java program over artifacts of Maven Central. */
export function javaClient(name: string): Installation {
  return {
    name,
    folder: name,
    manifest: 'pom.xml',
    download: (source, target) => {
      const maven = ['--batch-mode', '--quiet', 'dependency:copy-dependencies'];
      return available('mvn', [...maven, `-DoutputDirectory=${join(target, 'libraries')}`], source);
    },
    compile: (source, target) => {
      const files = readdirSync(source).filter((file) => file.endsWith('.java'));
      const libraries = join(target, 'libraries/*');
      return execute('javac', ['-cp', libraries, '-d', join(target, 'classes'), ...files], { cwd: source });
    },
    command: (_, target) => [
      'java',
      '-cp',
      `${join(target, 'classes')}:${join(target, 'libraries/*')}`,
      'Main',
    ],
  };
}

/** Installs a client, or finds it installed from the same manifest, and compiles its program. */
export async function install(client: Installation): Promise<Installed> {
  const source = fileURLToPath(new URL(client.folder, import.meta.url));
  const target = join(cache, client.name);
  const stamp = join(target, 'installed-from');
  // A virtual environment holds its own place.
  const origin = `${target}\n${readFileSync(join(source, client.manifest), 'utf8')}`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== origin) {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await client.download(source, target);
    writeFileSync(stamp, origin);
  }
  try {
    await client.compile?.(source, target);
  } catch (error) {
    const { code, path } = error as { code?: unknown; path?: string };
    // A fault of the program is one; a compiler that is gone since the download is not.
    if (code === 'ENOENT') throw new Unavailable(`there is no ${path}`, { cause: error });
    throw error;
  }
  return { command: client.command(source, target), source, target };
}

/** Runs a step that needs a toolchain and its registry. */
async function available(command: string, args: readonly string[], cwd: string): Promise<void> {
  try {
    await execute(command, args, { cwd, timeout: 300_000, maxBuffer: 1 << 24 });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const said = (stderr || stdout || String(error)).trim().split('\n').slice(0, 3).join(' ');
    throw new Unavailable(`${command} ${args.slice(0, 3).join(' ')}: ${said}`, { cause: error });
  }
}
