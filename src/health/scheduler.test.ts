import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from './clock.ts';
import type { MonitorSettings } from './monitor.ts';
import { failed, type ProbeResult, type ProbeTarget } from './probe.ts';
import { HealthScheduler, type VerdictChange } from './scheduler.ts';
import type { ProbedMember } from './watch.ts';

const monitor: MonitorSettings = {
  id: 'monitor',
  monitor_port: null,
  type: 'TCP',
  delay: 5,
  timeout: 3,
  max_retries: 2,
  max_retries_down: 3,
  http_method: null,
  url_path: null,
  http_version: null,
  expected_codes: null,
  content_check_enable: false,
  send_content: null,
  receive_content: null,
  content_format: 'TEXT',
};
const passed: ProbeResult = { kind: 'passed', latencyMs: 1 };
const refused = failed('CONNECT_REFUSED');

/** Time that moves when told. */
class HeldClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; callback: () => void }[] = [];
  /** How far the wall clock has jumped. */
  jumpMs = 0;

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now + this.jumpMs);
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.reduce((a, b) => (b.at < a.at ? b : a), { at: end + 1, callback: () => {} });
      if (next.at > end) {
        break;
      }
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Time passes and no timer is served. */
  stall(ms: number): void {
    this.#now += ms;
  }
}

interface FakeProbe {
  readonly target: ProbeTarget;
  readonly at: number;
  readonly monitor: MonitorSettings;
  state: 'running' | 'finished' | 'stopped';
  finish(result: ProbeResult): void;
}

/** A scheduler over held time and fake probes; `random` is a fixed even sequence. */
function createFixture(options: { maxInFlight?: number } = {}) {
  const clock = new HeldClock();
  const probes: FakeProbe[] = [];
  const changes: VerdictChange[] = [];
  let drawn = 0;
  const scheduler = new HealthScheduler({
    ...options,
    clock,
    random: () => (drawn++ * 0.618_033_988_75) % 1,
    onVerdict: (change) => changes.push(change),
    createProbe: (settings) => (target, finished) => {
      const probe: FakeProbe = {
        target,
        at: clock.now(),
        monitor: settings,
        state: 'running',
        finish(result) {
          assert.equal(probe.state, 'running');
          probe.state = 'finished';
          finished(result);
        },
      };
      probes.push(probe);
      return {
        stop() {
          probe.state = 'stopped';
        },
      };
    },
  });
  const running = () => probes.filter(({ state }) => state === 'running');
  /** Lets time pass; each probe ends within 10 ms of its start with this result. */
  const live = (ms: number, resultOf: (target: ProbeTarget) => ProbeResult) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 10) {
      clock.advance(10);
      for (const probe of running()) {
        probe.finish(resultOf(probe.target));
      }
    }
  };
  /** Puts a pool with exactly these members. */
  const put = (poolId: string, settings: { monitor: MonitorSettings; members: readonly ProbedMember[] }) => {
    scheduler.setPool(poolId, { monitor: settings.monitor, host: 'h' });
    for (const member of settings.members) scheduler.putMember(poolId, member);
  };
  return { clock, probes, changes, scheduler, running, live, put };
}

function members(count: number, prefix = 'm'): ProbedMember[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${prefix}-${i}`,
    address: `127.0.${i >> 8}.${i & 255}`,
    port: 80,
  }));
}

describe('the health scheduler', () => {
  it('spreads first probes over the first interval, and probes each member once in it', () => {
    const { put, clock, probes, scheduler, live } = createFixture();
    put('p', { monitor, members: members(1000) });
    scheduler.start();
    const startedAt = clock.now();
    live(5000, () => passed);
    const tenths = new Array<number>(50).fill(0);
    for (const { at } of probes) {
      const tenth = Math.floor((at - startedAt) / 100);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    assert.ok(Math.max(...tenths) <= 30, `bursts: ${tenths}`);
    assert.ok(probes.length >= 995 && probes.length <= 1000);
    assert.equal(new Set(probes.map(({ target }) => target.address)).size, probes.length);
  });

  it('keeps the cadence of every member without drift', () => {
    const { put, probes, scheduler, live } = createFixture();
    put('p', { monitor, members: members(200) });
    scheduler.start();
    live(100_000, () => passed);
    const starts = Map.groupBy(probes, ({ target }) => target.address);
    assert.equal(starts.size, 200);
    for (const ofMember of starts.values()) {
      const [first] = ofMember;
      assert.ok(first && ofMember.length >= 19);
      for (const [i, { at }] of ofMember.entries()) {
        const offMs = Math.abs(at - first.at - i * 5000);
        assert.ok(offMs <= 20, `the probe ${i} of a member came ${offMs} ms off`);
      }
    }
  });

  it('probes an overdue member once after a stall, in its own phase and not all at once', () => {
    const { put, clock, probes, scheduler, live } = createFixture();
    put('p', { monitor, members: members(1000) });
    scheduler.start();
    live(10_000, () => passed);
    const before = probes.length;
    clock.stall(60_000);
    live(5010, () => passed);
    const after = probes.slice(before);
    const times = Map.groupBy(after, ({ target }) => target.address);
    assert.equal(times.size, 1000);
    assert.ok(after.length <= 1010, `${after.length} probes of 1000 members`);
    const perTick = Map.groupBy(after, ({ at }) => at);
    assert.ok(Math.max(...[...perTick.values()].map(({ length }) => length)) <= 64);
  });

  it('keeps the phases of members through short stalls, and makes up for them in small steps', () => {
    const { put, clock, probes, scheduler, live } = createFixture();
    put('p', { monitor, members: members(1000) });
    scheduler.start();
    for (let i = 0; i < 10; i++) {
      live(7000, () => passed);
      clock.stall(2000);
    }
    live(7000, () => passed);
    const perTick = Map.groupBy(probes, ({ at }) => at);
    assert.ok(Math.max(...[...perTick.values()].map(({ length }) => length)) <= 64);
    const lastTenths = Map.groupBy(
      probes.filter(({ at }) => at > clock.now() - 4000),
      ({ at }) => Math.floor(at / 100),
    );
    assert.ok(Math.max(...[...lastTenths.values()].map(({ length }) => length)) <= 30);
  });

  it('never has more probes under way than allowed, nor two of one member, and lets pools take turns', () => {
    const { put, clock, probes, scheduler, running } = createFixture({ maxInFlight: 10 });
    put('silent', { monitor, members: members(500, 's') });
    put('small', { monitor, members: [{ id: 'x', address: '::1', port: 80 }] });
    scheduler.start();
    // The members of the big pool hold their sockets for the whole timeout: 10 in 3 s, though 100 a second are due.
    for (let i = 0; i < 2000; i++) {
      clock.advance(30);
      assert.ok(running().length <= 10);
      assert.equal(new Set(running().map(({ target }) => target.address)).size, running().length);
      for (const probe of running()) {
        if (probe.target.address === '::1' || clock.now() - probe.at >= 3000) {
          probe.finish(probe.target.address === '::1' ? passed : failed('CONNECT_TIMEOUT'));
        }
      }
    }
    const small = probes.filter(({ target }) => target.address === '::1');
    assert.ok(
      small.length >= 60_000 / (5000 + 3000) - 1,
      `the small pool had ${small.length} probes in 60 s`,
    );
    assert.equal(new Set(probes.map(({ target }) => target.address)).size, 200 + 1);
  });

  it('waits for a probe that lasts longer than the interval', () => {
    const { put, clock, running, scheduler, probes } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    clock.advance(17_000);
    assert.equal(probes.length, 1);
    running()[0]?.finish(passed);
    clock.advance(20);
    assert.equal(probes.length, 2);
  });

  it('tells verdicts and changed reasons, and nothing else', () => {
    const { put, changes, scheduler, live, clock } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    live(15_000, () => passed);
    live(10_000, () => refused);
    live(5000, () => passed);
    live(15_000, () => refused);
    live(20_000, () => failed('CONNECT_TIMEOUT'));
    live(15_000, () => ({ kind: 'inconclusive', cause: 'no socket' }));
    live(10_000, () => passed);
    assert.deepEqual(
      changes.map(({ verdict, reason }) => [verdict, reason?.reason_code ?? null]),
      [
        ['ONLINE', null],
        ['OFFLINE', 'CONNECT_REFUSED'],
        ['OFFLINE', 'CONNECT_TIMEOUT'],
        ['ONLINE', null],
      ],
    );
    for (const { poolId, memberId, at } of changes) {
      assert.deepEqual([poolId, memberId], ['p', 'm-0']);
      assert.ok(at.getTime() <= clock.now());
    }
  });

  it('does not tell again what was known before a restart', () => {
    const { put, changes, scheduler, live } = createFixture();
    const initialReason = refused.kind === 'failed' ? refused.reason : null;
    const [up, down] = members(2);
    assert.ok(up && down);
    const known = [
      { ...up, initial: 'ONLINE' as const },
      { ...down, initial: 'OFFLINE' as const, initialReason },
    ];
    put('p', { monitor, members: known });
    scheduler.start();
    live(30_000, ({ address }) => (address === up.address ? passed : refused));
    assert.deepEqual(changes, []);
    live(10_000, () => passed);
    assert.deepEqual(
      changes.map(({ memberId, verdict }) => [memberId, verdict]),
      [[down.id, 'ONLINE']],
    );
  });

  it('keeps verdicts when the monitor changes, and asks the new question within the new interval', () => {
    const { put, changes, scheduler, live, probes } = createFixture();
    put('p', { monitor, members: members(100) });
    scheduler.start();
    live(10_000, () => passed);
    assert.equal(changes.length, 100);
    live(9900, () => refused);
    const before = probes.length;
    const changed = { ...monitor, type: 'HTTP' as const, delay: 2, timeout: 1 };
    put('p', { monitor: changed, members: members(100) });
    live(2010, () => refused);
    const after = probes.slice(before);
    assert.equal(new Set(after.map(({ target }) => target.address)).size, 100);
    assert.ok(after.every((probe) => probe.monitor === changed && probe.target.timeoutMs === 1000));
    assert.equal(changes.length, 100, 'failures of the old question counted for the new one');
    live(4000, () => refused);
    assert.equal(changes.length, 200);
  });

  it('leaves everything as it is when a pool is put again unchanged', () => {
    const { put, scheduler, live, probes, clock } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    live(5000, () => passed);
    const [first] = probes;
    assert.ok(first);
    put('p', { monitor: { ...monitor }, members: members(1) });
    live(first.at + 5020 - clock.now(), () => passed);
    assert.equal(probes.length, 2);
    assert.ok(Math.abs((probes[1]?.at ?? 0) - first.at - 5000) <= 20);
  });

  it('gives the socket of a removed member to the next, and forgets a removed one that was about to be probed', () => {
    const { put, scheduler, clock, probes, running } = createFixture({ maxInFlight: 1 });
    const [a, b, c] = members(3);
    assert.ok(a && b && c);
    put('p', { monitor, members: [a, b, c] });
    scheduler.start();
    clock.advance(5020);
    const [first] = running();
    const [leaving, staying] = [a, b, c].filter(({ address }) => address !== first?.target.address);
    assert.ok(first && leaving && staying);
    scheduler.removeMember('p', leaving.id);
    const firstId = [a, b, c].find(({ address }) => address === first.target.address)?.id ?? '';
    scheduler.removeMember('p', firstId);
    clock.advance(20);
    running()[0]?.finish(passed);
    clock.advance(20);
    assert.deepEqual(
      probes.map(({ target }) => target.address),
      [first.target.address, staying.address],
    );
  });

  it('forgets a removed pool: a monitor made anew begins with INITIAL members', () => {
    const { put, changes, scheduler, live } = createFixture();
    scheduler.start();
    put('p', { monitor, members: members(3) });
    live(6000, () => passed);
    scheduler.removePool('p');
    scheduler.putMember('p', { id: 'late', address: '127.0.0.9', port: 1 });
    live(20_000, () => assert.fail('a probe of a pool without a monitor'));
    put('p', { monitor, members: members(3) });
    live(6000, () => passed);
    assert.equal(changes.length, 6);
  });

  it('drops the probe under way of a member that moves, and probes it where it is now', () => {
    const { put, scheduler, clock, probes, running } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    clock.advance(5000);
    const [old] = running();
    assert.ok(old);
    scheduler.putMember('p', { id: 'm-0', address: '127.0.0.0', port: 81 });
    assert.equal(old.state, 'stopped');
    clock.advance(5020);
    assert.deepEqual(
      probes.map(({ target }) => target.port),
      [80, 81],
    );
  });

  it('does not count failures at the old place of a member against it at the new one', () => {
    const { put, scheduler, live, changes } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    live(10_010, () => refused);
    scheduler.putMember('p', { id: 'm-0', address: '127.0.0.0', port: 81 });
    live(10_010, () => refused);
    assert.deepEqual(changes, []);
    live(5010, () => refused);
    assert.equal(changes.length, 1);
  });

  it('is silent after stop, and goes on with what it knew after another start', () => {
    const { put, scheduler, clock, probes, running, live, changes } = createFixture();
    put('p', { monitor, members: members(100) });
    clock.advance(20_000);
    assert.equal(probes.length, 0);
    scheduler.start();
    live(6000, () => passed);
    clock.advance(1000);
    assert.ok(running().length > 0);
    scheduler.stop();
    assert.equal(running().length, 0);
    assert.equal(clock.timers, 0);
    const before = probes.length;
    scheduler.putMember('p', { id: 'new', address: '127.0.9.9', port: 80 });
    scheduler.removeMember('p', 'm-0');
    clock.advance(60_000);
    assert.equal(probes.length, before);
    assert.equal(clock.timers, 0);
    scheduler.start();
    live(5020, () => passed);
    assert.equal(new Set(probes.slice(before).map(({ target }) => target.address)).size, 100);
    assert.equal(changes.length, 101);
  });

  it('keeps its promises through any history of changes', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        member: fc.nat(5),
        port: fc.integer({ min: 1, max: 2 }),
      }),
      fc.record({ kind: fc.constant('remove' as const), member: fc.nat(5) }),
      fc.record({ kind: fc.constant('finish' as const), index: fc.nat(1), passes: fc.boolean() }),
      fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(4000) }),
      fc.record({ kind: fc.constant('delay' as const), delay: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const { put, scheduler, clock, running, changes, probes } = createFixture({ maxInFlight: 2 });
        const present = new Map<string, ProbedMember>();
        let settings = monitor;
        put('p', { monitor: settings, members: [] });
        scheduler.start();
        for (const each of steps) {
          switch (each.kind) {
            case 'put': {
              const id = `m-${each.member}`;
              const member = { id, address: `127.0.0.${each.member}`, port: each.port };
              present.set(id, member);
              scheduler.putMember('p', member);
              break;
            }
            case 'remove':
              present.delete(`m-${each.member}`);
              scheduler.removeMember('p', `m-${each.member}`);
              break;
            case 'finish':
              running()[each.index]?.finish(each.passes ? passed : refused);
              break;
            case 'advance':
              clock.advance(each.ms);
              break;
            case 'delay':
              settings = { ...settings, delay: each.delay };
              put('p', { monitor: settings, members: [...present.values()] });
              break;
            case 'restart':
              scheduler.stop();
              assert.equal(running().length, 0);
              scheduler.start();
              break;
          }
          const targets = running().map(({ target }) => `${target.address} ${target.port}`);
          const allowed = new Set([...present.values()].map(({ address, port }) => `${address} ${port}`));
          assert.ok(targets.length <= 2);
          assert.equal(new Set(targets).size, targets.length);
          assert.ok(targets.every((target) => allowed.has(target)));
        }
        // Whatever happened, everybody present is probed soon.
        const before = probes.length;
        for (let ms = 0; ms < 2 * settings.delay * 1000 + 200; ms += 10) {
          for (const probe of running()) {
            probe.finish(passed);
          }
          clock.advance(10);
        }
        const probed = new Set(probes.slice(before).map(({ target }) => target.address));
        assert.equal(probed.size, present.size);
        for (const { memberId, verdict } of changes) {
          assert.ok(memberId.startsWith('m-') && (verdict === 'ONLINE' || verdict === 'OFFLINE'));
        }
      }),
    );
  });

  it('is not moved by jumps of the wall clock', () => {
    const { put, clock, probes, scheduler, live } = createFixture();
    put('p', { monitor, members: members(100) });
    scheduler.start();
    live(10_000, () => passed);
    for (const jumpMs of [86_400_000, -365 * 86_400_000]) {
      const before = probes.length;
      clock.jumpMs = jumpMs;
      live(10_000, () => passed);
      const times = Map.groupBy(probes.slice(before), ({ target }) => target.address);
      assert.equal(times.size, 100);
      assert.ok([...times.values()].every(({ length }) => length === 2));
    }
  });

  it('tells nothing of a member that fails now and then, and of one that flaps each change once', () => {
    const { put, scheduler, live, changes, probes } = createFixture();
    put('p', { monitor, members: members(1) });
    scheduler.start();
    live(200_000, () => (probes.length % 3 === 0 ? passed : refused));
    assert.equal(changes.length, 1, 'two failures in a row are not three');
    const before = probes.length;
    live(300_000, () => (Math.floor((probes.length - before) / 6) % 2 === 0 ? refused : passed));
    const verdicts = changes.slice(1).map(({ verdict }) => verdict);
    assert.ok(verdicts.length >= 9 && verdicts.every((verdict, index) => verdict !== verdicts[index - 1]));
  });

  it('sees a real member come and go', async () => {
    const peer = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(peer, 'listening');
    const { port } = peer.address() as AddressInfo;
    let told: (change: VerdictChange) => void = () => {};
    const nextVerdict = () =>
      new Promise<VerdictChange>((resolve) => {
        told = resolve;
      });
    const scheduler = new HealthScheduler({ onVerdict: (change) => told(change) });
    const quick = { ...monitor, delay: 0.05, timeout: 5 };
    const online = nextVerdict();
    scheduler.setPool('p', { monitor: quick, host: 'h' });
    scheduler.putMember('p', { id: 'm', address: '127.0.0.1', port });
    scheduler.start();
    assert.equal((await online).verdict, 'ONLINE');
    const offline = nextVerdict();
    peer.close();
    const { verdict, reason } = await offline;
    scheduler.stop();
    assert.deepEqual([verdict, reason?.reason_code], ['OFFLINE', 'CONNECT_REFUSED']);
  });
});
