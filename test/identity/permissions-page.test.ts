import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPolicies } from '../../src/model/system-policies.ts';
import { blocksOf, runInBash } from '../support/documented-commands.ts';
import { ElbowProcess } from '../support/elbow-process.ts';

const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');

test('the example of docs/permissions.md prints what it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elbow-permissions-'));
  const [, file = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
  writeFileSync(join(folder, 'elbow.yaml'), file);
  try {
    await using elbow = await ElbowProcess.start(['--no-proxy', '--config', join(folder, 'elbow.yaml')]);
    const commands = blocksOf(page, 'sh').join('\n');
    const output = await runInBash(commands.replace('http://127.0.0.1:9696', elbow.api.url), folder);
    const printed = blocksOf(page, '').flatMap((block) => block.trim().split('\n'));
    const lines = output.trim().split('\n');
    assert.equal(lines.length, printed.length, output);
    for (const [index, line] of printed.entries()) {
      const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      assert.match(lines[index] ?? '', new RegExp(`^${parts.join('.*')}$`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('docs/permissions.md names every policy that is there without being declared', () => {
  for (const { name } of systemPolicies) assert.ok(page.includes(`\`${name}\``), name);
});
