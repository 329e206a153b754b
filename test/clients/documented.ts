/** Tries the programs of docs/clients.md as printed, each after the commands that come before all of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, runInBash } from '../support/documented-commands.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { clientTest } from './drive.ts';
import type { Installation, Installed } from './installations.ts';

const page = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');

/** The first block of a section, between its heading and the next. */
export function printed(heading: string, kind: string): string {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [block] = blocksOf(section.split('\n## ')[0] ?? '', kind);
  assert.ok(block, `${heading} has a block of ${kind}`);
  return block;
}

/**
 * A test that a printed program lists the load balancer that the page makes with curl.
 *
 * @param file what the program is to be called
 * @param command the shell command that runs a file of that path
 */
export function tryPrinted(
  heading: string,
  kind: string,
  file: string,
  installation: Installation,
  command: (installed: Installed, path: string) => string,
): void {
  clientTest(`what the documentation prints for ${heading} works`, installation, async (_, installed) => {
    const output = await runPrinted((folder) => {
      const path = join(folder, file);
      writeFileSync(path, printed(heading, kind));
      return command(installed, path);
    });
    assert.match(output, /^first\b/m, output);
  });
}

/** Runs a command where the page's first commands have been run, and a load balancer made; resolves with its output. */
export async function runPrinted(command: (folder: string) => string): Promise<string> {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const folder = mkdtempSync(join(tmpdir(), 'elbow-clients-'));
  try {
    symlinkSync(elbow.directory, join(folder, 'elbow-data'));
    const [setUp = ''] = blocksOf(page, 'sh');
    const commands = `${setUp.replace('http://127.0.0.1:9696', elbow.api.url)}\n${printed('curl', 'sh')}`;
    return await runInBash(`${commands}\n${command(folder)}`, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
