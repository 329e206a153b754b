import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { count } from '../store/rows.ts';
import { Store } from '../store/store.ts';
import { Inventory } from './inventory.ts';
import { createL7Policy, removePoliciesOf } from './l7-policies.ts';
import { createListener, showListener } from './listeners.ts';
import { createLoadBalancer } from './load-balancers.ts';
import { createPool, showPool } from './pools.ts';
import { Secrets } from './secrets.ts';

test('L7-8: the policies of a listener that is being deleted go with their rules and let go of their pools', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-policies-'));
  const store = await Store.open({ directory });
  try {
    const networks = {
      vpcs: [{ id: 'v', subnets: [{ id: 'n', neutron_subnet_id: 's', cidr: '10.0.0.0/24' }] }],
    };
    const inventory = new Inventory({ ...networks, projects: [] }, [{ id: 'p', name: 'p' }]);
    const region = { store, inventory, secrets: new Secrets('key') };
    const zones = [...inventory.availabilityZones];
    const { loadBalancer } = await createLoadBalancer(region, 'p', {
      ...{ vip_subnet_cidr_id: 's', availability_zone_list: zones },
    });
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP' };
    const listener = await createListener(region, 'p', { ...fields, protocol_port: 80 });
    const kept = await createListener(region, 'p', { ...fields, protocol_port: 81 });
    const { pool } = await createPool(region, 'p', {
      type: 'ip',
      protocol: 'HTTP',
      lb_algorithm: 'SOURCE_IP',
    });
    for (const listener_id of [listener.id, listener.id, kept.id]) {
      await createL7Policy(region, 'p', {
        ...{ listener_id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
        rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/' }],
      });
    }
    assert.deepEqual((await showPool(region, 'p', pool.id)).listenerIds, [listener.id, kept.id].toSorted());
    await store.write((tx) => removePoliciesOf(tx, listener));
    assert.equal(await count(store.reader, l7Policy, {}), 1);
    assert.equal(await count(store.reader, l7Rule, {}), 1);
    assert.deepEqual((await showPool(region, 'p', pool.id)).listenerIds, [kept.id]);
    assert.equal(
      (await showListener(region, 'p', listener.id)).id,
      listener.id,
      'the listener is left to the caller',
    );
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
