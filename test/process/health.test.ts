import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.ts';
import { answerOf, type Balanced, balance, NamedMember } from '../support/balanced.ts';
import { fillDisk, makeRoom } from '../support/disk-room.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { exhaustDescriptors, restoreDescriptors } from '../support/file-descriptors.ts';
import { until } from '../support/until.ts';

test('a member that dies goes offline with its reason, traffic moves, and its return is noticed', async () => {
  evidence('healthmonitor.type', 'traffic', ['TCP']);
  await using elbow = await ElbowProcess.start();
  await using steady = await NamedMember.start('steady');
  await using failing = await NamedMember.start('failing');
  const service = await balance(elbow.api, [steady, failing]);
  await watch(elbow.api, service);
  await until(async () => (await answerOf(service.url)) === 'failing');
  const status = async (index: number) => (await member(elbow.api, service, index)).operating_status;
  await until(async () => (await status(0)) === 'ONLINE' && (await status(1)) === 'ONLINE', 30_000);

  await failing.close();
  await until(async () => (await status(1)) === 'OFFLINE', 30_000);
  const { reason } = await member(elbow.api, service, 1);
  assert.equal(reason.reason_code, 'CONNECT_REFUSED');
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(service.url), 'steady');

  await failing.listen();
  await until(async () => (await status(1)) === 'ONLINE', 30_000);
  assert.equal((await member(elbow.api, service, 1)).reason, null);
  await until(async () => (await answerOf(service.url)) === 'failing');
});

test('verdicts outlive the control plane, in what it says and in what the proxy does', async () => {
  await using elbow = await ElbowProcess.start();
  await using steady = await NamedMember.start('steady');
  await using failing = await NamedMember.start('failing');
  const service = await balance(elbow.api, [steady, failing]);
  await watch(elbow.api, service);
  await failing.close();
  await until(async () => (await member(elbow.api, service, 1)).operating_status === 'OFFLINE', 30_000);
  await until(async () => (await answerOf(service.url)) === 'steady');
  await elbow.signal('SIGKILL');
  for (let request = 0; request < 6; request++) assert.equal(await answerOf(service.url), 'steady');
  await elbow.restart();
  const { operating_status, reason } = await member(elbow.api, service, 1);
  assert.equal(operating_status, 'OFFLINE');
  assert.equal(reason.reason_code, 'CONNECT_REFUSED');
  for (let request = 0; request < 6; request++) assert.equal(await answerOf(service.url), 'steady');
  await failing.listen();
  await until(async () => (await answerOf(service.url)) === 'failing', 30_000);
});

test('a verdict that finds the disk full is stored once there is room', async (t) => {
  if (process.platform !== 'linux') return t.skip('limits the size of files with prlimit');
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  await using failing = await NamedMember.start('failing');
  const service = await balance(elbow.api, [failing]);
  await watch(elbow.api, service);
  const status = async () => (await member(elbow.api, service, 0)).operating_status;
  await until(async () => (await status()) === 'ONLINE', 30_000);
  await fillDisk(elbow);
  await failing.close();
  await until(() => elbow.log.includes('a verdict could not be stored'), 30_000);
  assert.equal(await status(), 'ONLINE');
  await makeRoom(elbow);
  await until(async () => (await status()) === 'OFFLINE', 30_000);
});

test('a full table of file descriptors on our side takes no member out of service', async (t) => {
  if (process.platform !== 'linux') return t.skip('limits file descriptors with prlimit');
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  await using steady = await NamedMember.start('steady');
  const service = await balance(elbow.api, [steady]);
  await watch(elbow.api, service);
  const status = async () => (await member(elbow.api, service, 0)).operating_status;
  await until(async () => (await status()) === 'ONLINE', 30_000);
  await exhaustDescriptors(elbow);
  // Nobody can ask meanwhile: there is no descriptor for the connection.
  await wait(3500);
  await restoreDescriptors(elbow);
  await until(async () => (await status().catch(() => null)) === 'ONLINE', 30_000);
  const path = `/elbow/v1/members/${service.memberIds[0]}/history`;
  const { transitions, probes } = (await elbow.api.get(path)).body.history;
  assert.deepEqual(
    transitions.map(({ verdict }: { verdict: string }) => verdict),
    ['ONLINE'],
  );
  const inconclusive = probes.filter(({ outcome }: { outcome: string }) => outcome === 'inconclusive');
  assert.ok(
    inconclusive.some(({ cause }: { cause: string }) => cause.includes('EMFILE')),
    JSON.stringify(probes),
  );
});

test('an event loop that stands still takes no member out of service', async (t) => {
  if (process.platform === 'win32') return t.skip('stops the process by a signal');
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  await using steady = await NamedMember.start('steady');
  const service = await balance(elbow.api, [steady]);
  await watch(elbow.api, service);
  await until(async () => (await member(elbow.api, service, 0)).operating_status === 'ONLINE', 30_000);
  for (let stall = 0; stall < 3; stall++) {
    process.kill(elbow.pid ?? 0, 'SIGSTOP');
    await wait(1700);
    process.kill(elbow.pid ?? 0, 'SIGCONT');
    await wait(400);
  }
  const path = `/elbow/v1/members/${service.memberIds[0]}/history`;
  const { transitions } = (await elbow.api.get(path)).body.history;
  assert.deepEqual(
    transitions.map(({ verdict }: { verdict: string }) => verdict),
    ['ONLINE'],
  );
});

/** Probes the members of a service as often as the API allows. */
async function watch(api: ApiClient, { poolId }: Balanced): Promise<void> {
  await api.create('/elb/healthmonitors', {
    healthmonitor: {
      pool_id: poolId,
      type: 'TCP',
      delay: 1,
      timeout: 1,
      max_retries: 1,
      max_retries_down: 1,
    },
  });
}

async function member(api: ApiClient, { poolId, memberIds }: Balanced, index: number) {
  return (await api.get(`/elb/pools/${poolId}/members/${memberIds[index]}`)).body.member;
}
