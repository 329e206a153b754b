/** Pages of the documentation that go on from the tour: their commands print what the pages say. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, runInBash } from './documented-commands.ts';
import { ElbowProcess } from './elbow-process.ts';

const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** What the page takes over from the tour: the credentials, `call`, `first` and the subnet. */
function preamble(): string {
  const [credentials = ''] = blocksOf(page('README.md'), 'sh').filter((block) => block.includes('TOKEN='));
  const subnet = page('README.md')
    .split('\n')
    .find((line) => line.startsWith('SUBNET='));
  return `${credentials}\n${subnet}\n`;
}

/** Whether a line is as the page prints it, where … stands for anything. */
function isAs(printed: string, line: string): boolean {
  const parts = printed.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

/** Runs all commands of a page against an Elbow of its own, and compares what they print, line by line. */
export async function assertPrintsAsShown(name: string): Promise<void> {
  await using elbow = await ElbowProcess.start();
  const folder = mkdtempSync(join(tmpdir(), 'elbow-page-'));
  symlinkSync(elbow.directory, join(folder, 'elbow-data'));
  const text = page(name);
  const commands = [preamble(), ...blocksOf(text, 'sh')].join('\n');
  const output = await runInBash(commands.replace('http://127.0.0.1:9696', elbow.api.url), folder);
  rmSync(folder, { recursive: true });

  const printed = blocksOf(text, '').flatMap((block) => block.trim().split('\n'));
  // Answers end without a line break, and so may stand behind each other.
  const lines = output
    .replaceAll('}{"', '}\n{"')
    .split(/\n|(?<=\})(?=")|(?<="\})(?=the )/)
    .filter((line) => line !== '');
  assert.equal(lines.length, printed.length, output);
  for (const [index, line] of printed.entries())
    assert.ok(isAs(line, lines[index] ?? ''), `${line}\n${lines[index]}`);
}
