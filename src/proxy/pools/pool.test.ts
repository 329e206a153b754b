import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Algorithm, MemberConfiguration } from '../../dataplane/configuration.ts';
import { TrafficCounters } from '../counters/traffic-counters.ts';
import { Pool } from './pool.ts';

const member = (id: string, overrides: Partial<MemberConfiguration> = {}): MemberConfiguration => ({
  id,
  address: '192.0.2.1',
  port: 80,
  weight: 1,
  healthy: true,
  standby: false,
  ...overrides,
});

test('only members in good health and above weight 0 are picked, standbys for want of others, whatever happened before', () => {
  const step = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    kind: fc.constantFrom('put', 'remove', 'algorithm'),
    weight: fc.integer({ min: 0, max: 3 }),
    healthy: fc.boolean(),
    standby: fc.boolean(),
    port: fc.integer({ min: 1, max: 2 }),
    algorithm: fc.constantFrom<Algorithm>('round-robin', 'least-connections', 'source-ip'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const pool = new Pool(
        {
          id: 'pool',
          protocol: 'http',
          tls: false,
          algorithm: 'round-robin',
          connectionIdSlice: null,
          sessions: null,
        },
        new TrafficCounters(),
      );
      const expected = new Map<string, MemberConfiguration>();
      for (const { id, kind, weight, healthy, standby, port, algorithm } of steps) {
        if (kind === 'put') {
          const configuration = member(id, { weight, healthy, standby, port });
          pool.putMember(configuration);
          expected.set(id, configuration);
        } else if (kind === 'remove') {
          pool.removeMember(id);
          expected.delete(id);
        } else {
          pool.reconfigure({
            id: 'pool',
            protocol: 'http',
            tls: false,
            algorithm,
            connectionIdSlice: null,
            sessions: null,
          });
        }
        const able = [...expected.values()].filter((each) => each.healthy && each.weight > 0);
        const primary = able.filter((each) => !each.standby);
        const eligible = primary.length > 0 ? primary : able;
        const picked = new Set();
        for (let count = 0; count < 40; count += 1) {
          const choice = pool.pick(`192.0.2.${count}`, undefined);
          if (choice === undefined) continue;
          const configuration = expected.get(choice.id);
          assert.equal(choice.port, configuration?.port);
          assert.equal(choice.weight, configuration?.weight);
          picked.add(choice.id);
        }
        for (const id of picked) assert.ok(eligible.some((each) => each.id === id));
        assert.equal(picked.size > 0, eligible.length > 0);
      }
    }),
  );
});

test('what a removed member still does is not counted against a member of the same id', () => {
  const pool = new Pool(
    {
      id: 'pool',
      protocol: 'tcp',
      tls: false,
      algorithm: 'least-connections',
      connectionIdSlice: null,
      sessions: null,
    },
    new TrafficCounters(),
  );
  pool.putMember(member('a'));
  const old = pool.pick('', undefined);
  old?.begin();
  pool.removeMember('a');
  pool.putMember(member('a', { port: 81 }));
  const young = pool.pick('', undefined);
  assert.notEqual(young, old);
  assert.equal(young?.active, 0);
  old?.finish();
  assert.equal(young?.active, 0);
});

test('a changed weight keeps the count of what is in progress', () => {
  const pool = new Pool(
    {
      id: 'pool',
      protocol: 'tcp',
      tls: false,
      algorithm: 'least-connections',
      connectionIdSlice: null,
      sessions: null,
    },
    new TrafficCounters(),
  );
  pool.putMember(member('a'));
  const picked = pool.pick('', undefined);
  picked?.begin();
  pool.putMember(member('a', { weight: 5 }));
  assert.equal(pool.pick('', undefined), picked);
  assert.equal(picked?.active, 1);
  assert.equal(picked?.weight, 5);
});

test('a member of any port is reached on the listener’s', () => {
  const pool = new Pool(
    {
      id: 'pool',
      protocol: 'tcp',
      tls: false,
      algorithm: 'round-robin',
      connectionIdSlice: null,
      sessions: null,
    },
    new TrafficCounters(),
  );
  pool.putMember(member('a', { port: 0 }));
  assert.equal(pool.pick('', undefined)?.portFor(8443), 8443);
});

test('a retry goes to a standby once every other member was tried', () => {
  for (const algorithm of ['round-robin', 'least-connections', 'source-ip'] as const) {
    const pool = new Pool(
      {
        id: 'pool',
        protocol: 'tcp',
        tls: false,
        algorithm,
        connectionIdSlice: null,
        sessions: null,
      },
      new TrafficCounters(),
    );
    for (const configuration of [member('a'), member('b'), member('c', { standby: true })])
      pool.putMember(configuration);
    const tried = new Set<NonNullable<ReturnType<Pool['pick']>>>();
    for (;;) {
      const picked = pool.pick('192.0.2.7', tried);
      if (picked === undefined) break;
      tried.add(picked);
    }
    const order = [...tried].map(({ id }) => id);
    assert.deepEqual([order.slice(0, 2).sort(), order.slice(2)], [['a', 'b'], ['c']], algorithm);
  }
});
