import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { readInventoryFile } from '../../src/cli/inventory-file.ts';
import type { InventoryFile } from '../../src/model/inventory.ts';
import { Groups } from '../../src/service/identity/groups.ts';
import { checkActions } from '../../src/service/identity/known-actions.ts';
import { InventoryError } from '../../src/service/inventory.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';

/** What reading a file says of it. */
function reading(text: string): () => InventoryFile {
  const folder = mkdtempSync(join(tmpdir(), 'elbow-groups-'));
  const path = join(folder, 'elbow.yaml');
  writeFileSync(path, text);
  return () => {
    try {
      return readInventoryFile(path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

const statement = { Effect: 'Allow', Action: ['elb:*:*'] };

test('what a policy or a group may not say is refused with its place and what would be right', () => {
  const policy = (fields: object) => ({ policies: [{ name: 'a', document: { Version: '1.1', ...fields } }] });
  const inStatement = (fields: object) => policy({ Statement: [{ ...statement, ...fields }] });
  const wrong: [object, RegExp][] = [
    [policy({ Version: '5.0', Statement: [statement] }), /policies\[0\]\.document\.Version.*1\.1/],
    [policy({ Statement: [] }), /policies\[0\]\.document\.Statement/],
    [policy({}), /Statement.*required/],
    [inStatement({ Effect: 'allow' }), /Statement\[0\]\.Effect.*Allow.*Deny/],
    [inStatement({ Action: [] }), /Statement\[0\]\.Action/],
    [inStatement({ Action: 'elb:*:*' }), /Statement\[0\]\.Action/],
    [inStatement({ NotAction: ['elb:*:*'] }), /NotAction/],
    [{ groups: [{ name: 'g' }] }, /groups\[0\]\.grants.*required/],
    [{ groups: [{ name: 'g', grants: [{ role: 'x', policy: 'a' }] }] }, /role/],
    [{ users: [{ name: 'u', groups: 'g' }] }, /users\[0\]\.groups/],
  ];
  for (const [file, message] of wrong) assert.throws(reading(stringify(file)), message);
});

test('names of nothing, names that are taken, and grants for two places are refused', () => {
  const grants = (...all: { policy: string; projects?: string[]; enterprise_project?: string }[]) => ({
    groups: [{ name: 'g', grants: all }],
  });
  const declared = {
    name: 'a',
    document: { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['elb:*:*'] }] },
  };
  const wrong: [object, RegExp][] = [
    [
      grants({ policy: 'ELB Full' }),
      /the group "g", grants\[0\]: there is no policy "ELB Full", only FullAccess, /,
    ],
    [
      grants({ policy: 'FullAccess' }, { policy: 'FullAccess', projects: ['p1'], enterprise_project: '0' }),
      /grants\[1\]: it has projects and an enterprise_project; give one of them, or neither/,
    ],
    [grants({ policy: 'FullAccess', projects: ['p2'] }), /there is no project p2, only p1/],
    [{ groups: [...grants().groups, ...grants().groups] }, /two groups with the name "g"/],
    [{ policies: [declared, declared] }, /two policies with the name "a"/],
    [{ policies: [{ ...declared, name: 'ELB FullAccess' }] }, /two policies with the name "ELB FullAccess"/],
  ];
  for (const [file, message] of wrong) {
    assert.throws(
      () => new Groups(file as InventoryFile, new Set(['p1'])),
      (error) => error instanceof InventoryError && message.test(error.message),
    );
  }
  const groups = new Groups(grants() as InventoryFile, new Set(['p1']));
  assert.throws(() => groups.permissionsOf('ann', ['h']), /the user ann: there is no group "h", only g/);
  assert.equal(groups.permissionsOf('ann', undefined), null);
  assert.ok(groups.permissionsOf('ann', []));
});

test('a pattern that is no action of a service that is served is refused, and says which there are', () => {
  const actions = ['elb:members:list', 'elb:members:put', 'elb:pools:get', 'eps:resources:add'];
  const declaring = (...Action: string[]): InventoryFile => ({
    policies: [{ name: 'a', document: { Version: '1.1', Statement: [{ Effect: 'Deny', Action }] } }],
  });
  for (const pattern of ['elb:*:*', 'ELB:Members:Li*', 'elb:members:update', '*:*:*', 'ims:images:list']) {
    assert.doesNotThrow(() => checkActions(declaring(pattern), actions), pattern);
  }
  assert.throws(
    () => checkActions(declaring('elb:*:*', 'elb:members:remove'), actions),
    /Action\[1\]: "elb:members:remove" is no action; there are elb:members:list, elb:members:put, elb:members:update$/,
  );
  assert.throws(
    () => checkActions(declaring('elb:member:list'), actions),
    /there are elb:members:list, .*elb:pools:get$/,
  );
});

test('a control plane does not start with a file whose groups cannot be read', async () => {
  const users = [{ name: 'ann', groups: ['nobody'] }];
  await assert.rejects(
    startTestControlPlane({ ...seedInventory, users }),
    /the user ann: there is no group "nobody"/,
  );
});

test('the files that the documentation shows can be read', () => {
  for (const name of ['inventory.md', 'permissions.md']) {
    const page = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const file = reading(text)();
    const projects = new Set((file.projects ?? []).map(({ id }) => id));
    const groups = new Groups(file, projects);
    for (const user of file.users ?? []) groups.permissionsOf(user.name, user.groups);
    assert.ok(file.groups?.length, name);
  }
});
