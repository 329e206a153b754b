import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConfigurationDelta, ListenerConfiguration } from '../dataplane/configuration.ts';
import { AccessLogFile } from './access-log/access-log-file.ts';
import { LastConfiguration } from './last-configuration.ts';
import { Supervisor } from './supervisor.ts';

const faults: string[] = [];
const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (_fields: object, message: string) => void faults.push(message),
};

/** A supervisor whose reports can be waited for. */
class Supervised implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'elbow-supervisor-'));
  #told = () => {};
  readonly supervisor = new Supervisor({
    workers: 2,
    bindAny: false,
    logLevel: 'silent',
    log,
    lastConfiguration: new LastConfiguration(this.#directory, log),
    accessLog: new AccessLogFile({
      path: join(this.#directory, 'access.log'),
      maxBytes: 0,
      keptFiles: 0,
      log,
    }),
    onReport: () => this.#told(),
  });

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor.drain(1000);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

test('a revision counts as run once every worker runs it', { timeout: 30_000 }, async () => {
  await using supervised = new Supervised();
  const { supervisor } = supervised;
  await supervisor.start();
  assert.equal(supervisor.known, null);
  assert.ok(supervisor.apply(delta({ base: null, revision: 4 })));
  await supervised.until(() => supervisor.report().revision === 4);
  assert.deepEqual(supervisor.known, { source: 'store', revision: 4 });
  assert.equal(supervisor.apply(delta({ base: 9, revision: 10 })), false, 'it does not follow');
  assert.equal(supervisor.apply(delta({ base: 4, revision: 5, source: 'another store' })), false);
});

test('a worker that dies is replaced by one with the whole configuration', { timeout: 30_000 }, async () => {
  await using supervised = new Supervised();
  const { supervisor } = supervised;
  await supervisor.start();
  supervisor.apply(delta({ base: null, revision: 1 }));
  await supervised.until(() => supervisor.report().revision === 1);
  faults.length = 0;
  // Members of a pool that nobody put: no worker can go on from there.
  supervisor.apply(delta({ base: 1, revision: 2, poolOfMembers: 'nowhere' }));
  await supervised.until(() => supervisor.report().revision === -1);
  await supervised.until(() => supervisor.report().revision === 2);
  assert.deepEqual([...new Set(faults)], ['a worker failed']);
  supervisor.apply(delta({ base: 2, revision: 3 }));
  await supervised.until(() => supervisor.report().revision === 3);
});

test('listeners that are removed are forgotten', { timeout: 30_000 }, async () => {
  await using supervised = new Supervised();
  const { supervisor } = supervised;
  await supervisor.start();
  const states = () => supervisor.report().listeners;
  // Nobody has this address (RFC 5737), so that the listener fails and takes no port.
  supervisor.apply(delta({ base: null, revision: 1, listener: 'l1' }));
  await supervised.until(() => states().length === 1);
  assert.equal(states()[0]?.state, 'failed');
  supervisor.apply(delta({ base: 1, revision: 2, remove: 'l1' }));
  await supervised.until(() => supervisor.report().revision === 2);
  assert.deepEqual(states(), []);
});

interface Step {
  readonly base: number | null;
  readonly revision: number;
  readonly source?: string;
  readonly poolOfMembers?: string;
  readonly listener?: string;
  readonly remove?: string;
}

function delta({
  base,
  revision,
  source = 'store',
  poolOfMembers,
  listener,
  remove,
}: Step): ConfigurationDelta {
  return {
    source,
    base,
    revision,
    certificates: { put: [] },
    pools: {
      put: [
        {
          id: 'pool',
          protocol: 'tcp',
          tls: false,
          algorithm: 'round-robin',
          connectionIdSlice: null,
          sessions: null,
        },
      ],
      remove: [],
    },
    members: poolOfMembers ? [{ poolId: poolOfMembers, put: [], remove: [] }] : [],
    policies: { put: [], remove: [] },
    listeners: { put: listener ? [listenerWith(listener)] : [], remove: remove ? [remove] : [] },
  };
}

function listenerWith(id: string): ListenerConfiguration {
  return {
    id,
    loadBalancerId: 'lb',
    publicAddress: null,
    access: null,
    transport: 'tcp',
    addresses: ['192.0.2.1'],
    port: 80,
    poolId: 'pool',
    keepaliveTimeoutMs: 0,
    http: null,
    tls: null,
  };
}
