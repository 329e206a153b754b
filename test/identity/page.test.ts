import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf, runInBash } from '../support/documented-commands.ts';
import { ElbowProcess } from '../support/elbow-process.ts';

const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('the commands of docs/identity.md print what it says', async () => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const folder = mkdtempSync(join(tmpdir(), 'elbow-identity-'));
  symlinkSync(elbow.directory, join(folder, 'elbow-data'));
  const [tour = ''] = blocksOf(page('README.md'), 'sh').filter((block) => block.includes('TOKEN='));
  const identity = page('docs/identity.md');
  const commands = [tour, ...blocksOf(identity, 'sh')].join('\n');
  const output = await runInBash(commands.replace('http://127.0.0.1:9696', elbow.api.url), folder);
  rmSync(folder, { recursive: true });
  const printed = blocksOf(identity, '').flatMap((block) => block.trim().split('\n'));
  // Answers end without a line break, and so may stand in front of what comes next.
  const lines = output.split(/\n|(?<=\})(?=["{\d])/).filter((line) => line !== '');
  assert.equal(lines.length, printed.length, output);
  for (const [index, line] of printed.entries()) {
    const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    assert.match(lines[index] ?? '', new RegExp(`^${parts.join('.*')}$`));
  }
});
