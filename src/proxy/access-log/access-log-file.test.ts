import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AccessLogFile } from './access-log-file.ts';
import { LineBuffer, type LogChunk } from './line-buffer.ts';

function ground(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-access-log-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const warnings: object[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
  return { directory, warnings, log };
}

const chunk = (text: string): LogChunk => ({ text, lines: 1, dropped: 0 });

test('a log is rotated by size, and so many old ones are kept', async (t) => {
  const { directory, log } = ground(t);
  const path = join(directory, 'access.log');
  const file = new AccessLogFile({ path, maxBytes: 10, keptFiles: 2, log });
  for (const text of ['one\n', 'two\n', 'three\n', 'four\n', 'long, longer, longest\n', 'six\n']) {
    await file.append(chunk(text));
  }
  await file.close();
  assert.deepEqual(readdirSync(directory).sort(), ['access.log', 'access.log.1', 'access.log.2']);
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  assert.equal(read('access.log'), 'six\n');
  assert.equal(read('access.log.1'), 'long, longer, longest\n');
  assert.equal(read('access.log.2'), 'four\n');
  assert.deepEqual([file.written, file.dropped], [6, 0]);
});

test('a log begins where the last run has left it', async (t) => {
  const { directory, log } = ground(t);
  const path = join(directory, 'access.log');
  for (const text of ['12345678\n', '9\n']) {
    const file = new AccessLogFile({ path, maxBytes: 10, keptFiles: 1, log });
    await file.append(chunk(text));
    await file.close();
  }
  assert.equal(readFileSync(`${path}.1`, 'utf8'), '12345678\n');
});

test('lines for a directory that is not there are counted and told of, and written again once it is', async (t) => {
  const { directory, warnings, log } = ground(t);
  const path = join(directory, 'later', 'access.log');
  const file = new AccessLogFile({ path, maxBytes: 0, keptFiles: 0, log });
  await file.append({ text: 'a\nb\n', lines: 2, dropped: 3 });
  assert.deepEqual([file.written, file.dropped, existsSync(path)], [0, 5, false]);
  assert.equal(warnings.length, 1, 'not once a line');
  mkdirSync(join(directory, 'later'));
  await file.append(chunk('c\n'));
  await file.close();
  assert.equal(readFileSync(path, 'utf8'), 'c\n');
});

test('a full disk loses lines and nothing else', async (t) => {
  const { log } = ground(t);
  const file = new AccessLogFile({ path: '/dev/full', maxBytes: 0, keptFiles: 0, log });
  await file.append(chunk('a\n'));
  await file.append(chunk('b\n'));
  assert.deepEqual([file.written, file.dropped], [0, 2]);
  await file.close();
});

test('a log nobody writes down holds so much and no more, and says how many lines it lost', () => {
  const sent: LogChunk[] = [];
  const lines = new LineBuffer((each) => sent.push(each));
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 10_000; count += 1) lines.write(line);
  assert.deepEqual(
    sent.map((each) => [each.lines, each.dropped]),
    [[64, 0]],
    'one chunk is under way',
  );
  lines.acknowledge();
  assert.deepEqual(
    sent.slice(1).map((each) => [each.lines, each.dropped]),
    [[4096, 10_000 - 64 - 4096]],
  );
  lines.acknowledge();
  assert.equal(sent.length, 2);
});
