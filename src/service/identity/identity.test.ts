import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../model/errors.ts';
import { Directory } from './directory.ts';
import { Identity } from './identity.ts';
import { Tokens } from './tokens.ts';

const now = new Date('2026-01-31T12:00:00Z');

async function identityOf(projectIds: readonly string[]): Promise<Identity> {
  const declared = [{ name: 'ann', password: 'right', accessKeys: [], projectIds, permissions: null }];
  const directory = await Directory.of('elbow', declared);
  return new Identity(directory, new Tokens('key', () => now), () => now);
}

function callerOf(identity: Identity, token: string) {
  return identity.authenticate({
    method: 'GET',
    url: '/',
    headers: { 'x-auth-token': token },
    body: Buffer.alloc(0),
  });
}

test('a token for a project acts in that project alone, and one for the domain in all of the user’s', async () => {
  const identity = await identityOf(['p1', 'p2']);
  const userId = identity.directory.userNamed('ann')?.id ?? '';
  const issue = (projectId: string | null) =>
    identity.tokens.issue({ userId, projectId, methods: ['password'] }).token;
  assert.deepEqual([...callerOf(identity, issue('p2')).projectIds], ['p2']);
  assert.deepEqual([...callerOf(identity, issue(null)).projectIds], ['p1', 'p2']);
});

test('a token for a project that was taken from its user since gives no access to it', async () => {
  const before = await identityOf(['p1', 'p2']);
  const userId = before.directory.userNamed('ann')?.id ?? '';
  const { token } = before.tokens.issue({ userId, projectId: 'p2', methods: ['password'] });
  assert.deepEqual([...callerOf(await identityOf(['p1']), token).projectIds], []);
});

test('a token of a user who is no more is refused', async () => {
  const identity = await identityOf(['p1']);
  const { token } = identity.tokens.issue({ userId: 'gone', projectId: 'p1', methods: ['password'] });
  assert.throws(() => callerOf(identity, token), Refusal);
});

test('only the right password of a known user is right', async () => {
  const { directory } = await identityOf(['p1']);
  const ann = directory.userNamed('ann');
  assert.equal(await directory.hasPassword(ann, 'right'), true);
  assert.equal(await directory.hasPassword(ann, 'wrong'), false);
  assert.equal(await directory.hasPassword(ann, ''), false);
  assert.equal(await directory.hasPassword(undefined, 'right'), false);
});
