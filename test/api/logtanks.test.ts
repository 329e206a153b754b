import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { makeLoadBalancer } from './fixtures.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

const group = 'aa6bf1ed-4bbd-4d3a-8b3a-000000000001';
const topic = 'aa6bf1ed-4bbd-4d3a-8b3a-000000000002';

async function newLogtank(loadbalancer_id: string, log_group_id = group, log_topic_id = topic) {
  return controlPlane.api.create('/elb/logtanks', {
    logtank: { loadbalancer_id, log_group_id, log_topic_id },
  });
}

/** What a load balancer says of its log. */
async function logOf(id: string): Promise<unknown> {
  const { log_group_id, log_topic_id } = (await controlPlane.api.get(`/elb/loadbalancers/${id}`)).body
    .loadbalancer;
  return { log_group_id, log_topic_id };
}

test('a logtank is created, shown, updated and deleted, and its load balancer shows where its log goes', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  assert.deepEqual(await logOf(lb.id), { log_group_id: null, log_topic_id: null });
  const logtank = await newLogtank(lb.id);
  assert.deepEqual(logtank, {
    id: logtank.id,
    project_id: api.projectId,
    loadbalancer_id: lb.id,
    log_group_id: group,
    log_topic_id: topic,
  });
  const path = `/elb/logtanks/${logtank.id}`;
  assert.deepEqual((await api.get(path)).body.logtank, logtank);
  assert.deepEqual(await logOf(lb.id), { log_group_id: group, log_topic_id: topic });

  const updated = await api.put(path, { logtank: { log_topic_id: 'another' } });
  assert.equal(updated.status, 200);
  assert.deepEqual(updated.body.logtank, { ...logtank, log_topic_id: 'another' });
  assert.deepEqual(await logOf(lb.id), { log_group_id: group, log_topic_id: 'another' });
  assert.equal((await api.put(path, { logtank: {} })).body.logtank.log_topic_id, 'another');

  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).status, 404);
  assert.deepEqual(await logOf(lb.id), { log_group_id: null, log_topic_id: null });
});

test('a load balancer has one logtank, which goes when it does', async () => {
  evidence('logtank.loadbalancer_id', 'enforced');
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const logtank = await newLogtank(lb.id);
  const second = await api.post('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: group, log_topic_id: topic },
  });
  assert.equal(second.status, 409);
  assert.equal(second.body.error_code, 'ELB.8907');
  assert.equal(
    second.body.error_msg,
    `The load balancer ${lb.id} already has the logtank ${logtank.id}; update that, or delete it first.`,
  );
  assert.equal((await api.delete(`/elb/loadbalancers/${lb.id}`)).status, 204);
  assert.equal((await api.get(`/elb/logtanks/${logtank.id}`)).status, 404);
});

test('logtanks are listed by every documented filter and page by page, and load balancers by their log', async () => {
  await using fresh = await startTestControlPlane();
  const { api, other } = fresh;
  const eps = '0aad99bc-f5f6-4f78-8404-c598d76b0ed2';
  const made = [];
  for (const [index, more] of [{}, { enterprise_project_id: eps }, {}].entries()) {
    const lb = await makeLoadBalancer(api, more);
    made.push(
      await api.create('/elb/logtanks', {
        logtank: { loadbalancer_id: lb.id, log_group_id: `g${index % 2}`, log_topic_id: `t${index}` },
      }),
    );
  }
  const [first, second, third] = made;
  const ids = async (query: string) =>
    ((await api.get(`/elb/logtanks?${query}`)).body.logtanks as { id: string }[]).map(({ id }) => id);
  const sorted = (...some: { id: string }[]) => some.map(({ id }) => id).sort();
  assert.deepEqual(await ids(''), sorted(...made));
  assert.deepEqual(await ids('log_group_id=g0'), sorted(first, third));
  assert.deepEqual(await ids('log_topic_id=t0&log_topic_id=t1'), sorted(first, second));
  assert.deepEqual(await ids(`loadbalancer_id=${second.loadbalancer_id}`), [second.id]);
  assert.deepEqual(await ids(`id=${third.id}`), [third.id]);
  assert.deepEqual(await ids(`enterprise_project_id=${eps}`), [second.id]);

  const page = await api.get('/elb/logtanks?limit=2');
  assert.equal(page.body.page_info.current_count, 2);
  assert.deepEqual(await ids(`limit=2&marker=${page.body.page_info.next_marker}`), sorted(...made).slice(2));
  assert.deepEqual((await other.get('/elb/logtanks')).body.logtanks, []);

  const balancers = await api.get('/elb/loadbalancers?log_group_id=g0&log_topic_id=t2');
  assert.deepEqual(
    balancers.body.loadbalancers.map((each: { id: string }) => each.id),
    [third.loadbalancer_id],
  );
});

test('what a logtank cannot be is refused with what would be right', async () => {
  const { api, other } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const attempt = (logtank: object) => api.post('/elb/logtanks', { logtank });
  const whole = { loadbalancer_id: lb.id, log_group_id: group, log_topic_id: topic };
  for (const key of Object.keys(whole)) {
    const refused = await attempt({ ...whole, [key]: undefined });
    assert.equal(refused.status, 400);
    assert.match(refused.body.error_msg, new RegExp(`'logtank.${key}': it is required`));
  }
  assert.match(
    (await attempt({ ...whole, log_group_id: '' })).body.error_msg,
    /'logtank.log_group_id': got ""/,
  );
  assert.match((await attempt({ ...whole, name: 'x' })).body.error_msg, /Unrecognized attribute\(s\) 'name'/);
  const missing = await attempt({ ...whole, loadbalancer_id: 'nothing' });
  assert.equal(missing.status, 404);
  assert.equal(missing.body.error_msg, 'load balancer nothing could not be found.');
  const theirs = await other.post('/elb/logtanks', { logtank: whole });
  assert.equal(theirs.status, 404);

  const logtank = await newLogtank(lb.id);
  const moved = await api.put(`/elb/logtanks/${logtank.id}`, { logtank: { loadbalancer_id: lb.id } });
  assert.equal(moved.status, 400);
  assert.match(moved.body.error_msg, /'logtank.loadbalancer_id': it cannot be changed after creation/);
});
