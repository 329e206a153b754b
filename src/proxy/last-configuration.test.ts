import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import type { ConfigurationDelta } from '../dataplane/configuration.ts';
import { ConfigurationState } from './configuration-state.ts';
import { parseDelta } from './delta-line.ts';
import { LastConfiguration } from './last-configuration.ts';

let directory: string;
const warnings: string[] = [];
const log = {
  debug: () => {},
  info: () => {},
  warn: (_fields: object, message: string) => void warnings.push(message),
  error: (_fields: object, message: string) => void warnings.push(message),
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'elbow-last-'));
  warnings.length = 0;
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('what was appended is restored, however the writes and the changes fell together', async () => {
  const state = new ConfigurationState();
  const last = new LastConfiguration(directory, log);
  const steps = [snapshot(1), ...Array.from({ length: 50 }, (_, index) => memberStep(index + 1))];
  for (const [index, step] of steps.entries()) {
    assert.ok(state.apply(step));
    last.append(step, state);
    if (index % 7 === 0) await last.settled();
  }
  await last.settled();
  assert.deepEqual((await restored()).snapshot(), state.snapshot());
  assert.deepEqual(warnings, []);
});

test('many deltas are folded into a snapshot, so that the file stays within bounds', async () => {
  const state = new ConfigurationState();
  const last = new LastConfiguration(directory, log);
  const padding = 'x'.repeat(100_000);
  let largest = 0;
  for (const step of [snapshot(1), ...Array.from({ length: 60 }, (_, index) => memberStep(index + 1))]) {
    const padded = { ...step, padding } as ConfigurationDelta;
    state.apply(padded);
    last.append(padded, state);
    await last.settled();
    largest = Math.max(largest, readFileSync(file()).length);
  }
  assert.ok(largest < 2_000_000, `${largest} bytes`);
  assert.deepEqual((await restored()).snapshot(), state.snapshot());
});

test('a snapshot of another store replaces everything', async () => {
  const state = new ConfigurationState();
  const last = new LastConfiguration(directory, log);
  for (const step of [snapshot(100), memberStep(100), { ...snapshot(3), source: 'another store' }]) {
    state.apply(step);
    last.append(step, state);
  }
  await last.settled();
  const { source, revision } = await restored();
  assert.deepEqual({ source, revision }, { source: 'another store', revision: 3 });
});

test('a file cut at any byte restores some earlier revision, and never fails', async () => {
  const state = new ConfigurationState();
  const last = new LastConfiguration(directory, log);
  for (const step of [snapshot(1), memberStep(1), memberStep(2), memberStep(3)]) {
    state.apply(step);
    last.append(step, state);
    await last.settled();
  }
  const whole = readFileSync(file());
  for (let length = 0; length < whole.length; length += 5) {
    writeFileSync(file(), whole.subarray(0, length));
    const { revision } = await restored();
    assert.ok(revision === null || (revision >= 1 && revision <= 4));
  }
});

test('what follows a corrupt line is left out, and the next append writes all anew', async () => {
  const state = new ConfigurationState();
  const first = new LastConfiguration(directory, log);
  state.apply(snapshot(1));
  first.append(snapshot(1), state);
  await first.settled();
  appendFileSync(file(), `garbage\n${JSON.stringify(memberStep(1))}\n`);
  const again = new ConfigurationState();
  const last = new LastConfiguration(directory, log);
  await last.restore(again);
  assert.equal(again.revision, 1);
  assert.match(warnings.join(), /cut short or corrupt/);
  again.apply(memberStep(1));
  last.append(memberStep(1), again);
  await last.settled();
  assert.deepEqual((await restored()).snapshot(), again.snapshot());
});

test('a file that cannot be read is told of and left', async () => {
  mkdirSync(file());
  assert.equal((await restored()).revision, null);
  assert.match(warnings.join(), /cannot be read/);
});

test('whatever a line holds, it is a delta that can be applied or none', () => {
  const text = JSON.stringify(memberStep(1));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string(), fc.nat(12), (at, put, cut) => {
      const delta = parseDelta(text.slice(0, at) + put + text.slice(at + cut));
      const state = new ConfigurationState();
      state.apply(snapshot(1));
      if (delta) state.apply(delta);
    }),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.json(), (json) => parseDelta(json) === null));
});

function file(): string {
  return join(directory, 'configuration.ndjson');
}

async function restored(): Promise<ConfigurationState> {
  const state = new ConfigurationState();
  await new LastConfiguration(directory, log).restore(state);
  return state;
}

function snapshot(revision: number): ConfigurationDelta {
  return {
    source: 'store',
    base: null,
    revision,
    certificates: { put: [] },
    pools: {
      put: [
        {
          id: 'pool',
          protocol: 'http',
          tls: false,
          algorithm: 'round-robin',
          connectionIdSlice: null,
          sessions: null,
        },
      ],
      remove: [],
    },
    members: [],
    policies: { put: [], remove: [] },
    listeners: { put: [], remove: [] },
  };
}

/** From a revision to the next, with one member more. */
function memberStep(base: number): ConfigurationDelta {
  const member = {
    id: `member ${base}`,
    address: '127.0.0.1',
    port: base,
    weight: 1,
    healthy: true,
    standby: false,
  };
  return {
    ...snapshot(base + 1),
    base,
    pools: { put: [], remove: [] },
    members: [{ poolId: 'pool', put: [member], remove: [] }],
  };
}
