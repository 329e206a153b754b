/** Who a caller is, with the clock in hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import { Directory, type UserDeclaration } from '../../src/service/identity/directory.ts';
import type { Identity } from '../../src/service/identity/identity.ts';
import { openTestIdentity } from '../support/identity.ts';
import { forms, type SignedParts, signedHeaders } from '../support/signed-request.ts';

const minuteMs = 60 * 1000;
const key = { access: 'ANNSKEY', secret: 'ann’s secret' };

function ann(...projectIds: string[]): UserDeclaration {
  return {
    name: 'ann',
    password: 'right',
    accessKeys: [key],
    projectIds: new Set(projectIds),
    permissions: null,
  };
}

function withToken(identity: Identity, token: string): Caller {
  return withHeaders(identity, { 'x-auth-token': token });
}

function withHeaders(identity: Identity, headers: Readonly<Record<string, string>>): Caller {
  return identity.authenticate({ method: 'GET', url: '/', headers, body: Buffer.alloc(0) });
}

function signed(identity: Identity, parts: Partial<SignedParts> = {}): Record<string, string> {
  return signedHeaders({ method: 'GET', url: '/', ...key, date: new Date(identity.now), ...parts });
}

function refusal(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.status === 401 && message.test(error.message);
}

describe('a token', () => {
  test('for a project acts in that project alone, and one for the domain in all of the user’s', async () => {
    await using own = await openTestIdentity([ann('p1', 'p2')]);
    const { identity } = own;
    const userId = identity.directory.userNamed('ann')?.id ?? '';
    const issue = (projectId: string | null) =>
      identity.tokens.issue({ userId, projectId, methods: ['password'] }).token;
    assert.deepEqual([...withToken(identity, issue('p2')).projectIds], ['p2']);
    assert.deepEqual([...withToken(identity, issue(null)).projectIds], ['p1', 'p2']);
  });

  test('for a project that was taken from its user since gives no access to it', async () => {
    await using own = await openTestIdentity([ann('p1', 'p2')]);
    const userId = own.identity.directory.userNamed('ann')?.id ?? '';
    const { token } = own.identity.tokens.issue({ userId, projectId: 'p2', methods: ['password'] });
    assert.deepEqual([...withToken(await own.restarted([ann('p1')]), token).projectIds], []);
  });

  test('of a user who is no more is refused', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const { token } = own.identity.tokens.issue({ userId: 'gone', projectId: 'p1', methods: ['password'] });
    assert.throws(() => withToken(own.identity, token), refusal(/not valid/));
  });

  test('is refused once it has expired', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const userId = own.identity.directory.userNamed('ann')?.id ?? '';
    const { token } = own.identity.tokens.issue({ userId, projectId: null, methods: ['password'] });
    own.wait(24 * 60 * minuteMs - 1);
    withToken(own.identity, token);
    own.wait(1);
    assert.throws(() => withToken(own.identity, token), refusal(/has expired/));
    assert.equal(own.identity.goodToken(token), undefined);
  });

  test('that was revoked is refused, also after a restart, and others of its user are not', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const { identity } = own;
    const userId = identity.directory.userNamed('ann')?.id ?? '';
    const issue = () => identity.tokens.issue({ userId, projectId: null, methods: ['password'] });
    const [revoked, other] = [issue(), issue()];
    withToken(identity, revoked.token);
    await identity.revoke(revoked.claims);
    await identity.revoke(revoked.claims);
    for (const each of [identity, await own.restarted()]) {
      assert.throws(() => withToken(each, revoked.token), refusal(/was revoked/));
      withToken(each, other.token);
    }
    own.wait(25 * 60 * minuteMs);
    // By now the revocation of the first may be forgotten, and the token is no better for that.
    await identity.revoke(issue().claims);
    assert.throws(() => withToken(identity, revoked.token), refusal(/has expired/));
  });
});

describe('a signed request', () => {
  test('that somebody has caught can be sent again for 15 minutes, and then no more', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    for (const form of Object.values(forms)) {
      const caught = signed(own.identity, { form });
      own.wait(15 * minuteMs);
      assert.equal(withHeaders(own.identity, caught).userName, 'ann');
      own.wait(1000);
      assert.throws(() => withHeaders(own.identity, caught), refusal(/more than 15 minutes/));
    }
  });

  test('is of a user and all its projects', async () => {
    await using own = await openTestIdentity([ann('p1', 'p2')]);
    const caller = withHeaders(own.identity, signed(own.identity));
    assert.deepEqual([caller.userName, [...caller.projectIds]], ['ann', ['p1', 'p2']]);
    assert.deepEqual(caller.credential, { kind: 'access key', projectId: null, expiresAt: null });
  });

  test('with a permanent key must have no security token', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const headers = { ...signed(own.identity), 'x-security-token': 'some' };
    assert.throws(() => withHeaders(own.identity, headers), refusal(/permanent one; leave out/));
    assert.equal(withHeaders(own.identity, { ...headers, 'x-security-token': '' }).userName, 'ann');
  });
});

describe('a temporary key', () => {
  const issue = ({ directory, temporaryKeys, now }: Identity, projectId: string | null) =>
    temporaryKeys.issue({
      userId: directory.userNamed('ann')?.id ?? '',
      projectId,
      expiresAt: now + 15 * minuteMs,
    });

  test('is taken in each form with its security token, signed with the request or not, until it expires', async () => {
    await using own = await openTestIdentity([ann('p1', 'p2')]);
    const { identity } = own;
    const { key: temporary, securityToken } = issue(identity, 'p1');
    const token = { 'x-security-token': securityToken };
    const both = ['x-sdk-date', 'x-security-token'];
    const calls = () =>
      Object.values(forms).flatMap((form) => [
        { ...signed(identity, { ...temporary, form }), ...token },
        signed(identity, { ...temporary, form, headers: token, signedHeaders: both }),
      ]);
    for (const headers of calls()) {
      const caller = withHeaders(identity, headers);
      assert.deepEqual([caller.userName, [...caller.projectIds]], ['ann', ['p1']]);
      assert.equal(caller.credential.kind, 'temporary access key');
    }
    assert.equal(withHeaders(await own.restarted(), calls()[0] ?? {}).userName, 'ann');
    own.wait(15 * minuteMs);
    for (const headers of calls()) {
      assert.throws(() => withHeaders(identity, headers), refusal(/temporary access key has expired/));
    }
  });

  test('is as unknown without its own security token, and so is another’s', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const { identity } = own;
    const { key: temporary, securityToken } = issue(identity, null);
    const other = issue(identity, null).securityToken;
    const headers = signed(identity, temporary);
    const refused = refusal(/unknown or the signature does not match/);
    for (const token of ['', 'garbage', other, `${securityToken.slice(0, -1)}`, temporary.secret]) {
      assert.throws(() => withHeaders(identity, { ...headers, 'x-security-token': token }), refused, token);
    }
    assert.throws(() => withHeaders(identity, headers), refused);
    const wrong = { ...signed(identity, { ...temporary, secret: 'x' }), 'x-security-token': securityToken };
    assert.throws(() => withHeaders(identity, wrong), refused);
    withHeaders(identity, { ...headers, 'x-security-token': securityToken });
  });

  test('of a user who is no more is as unknown', async () => {
    await using own = await openTestIdentity([ann('p1')]);
    const { key: temporary, securityToken } = issue(own.identity, null);
    const headers = { ...signed(own.identity, temporary), 'x-security-token': securityToken };
    const others = await own.restarted([{ ...ann('p1'), name: 'bob', accessKeys: [] }]);
    assert.throws(() => withHeaders(others, headers), refusal(/unknown or the signature does not match/));
  });
});

test('only the right password of a known user is right', async () => {
  await using own = await openTestIdentity([ann('p1')]);
  const { directory } = own.identity;
  const user = directory.userNamed('ann');
  assert.equal(await directory.hasPassword(user, 'right'), true);
  assert.equal(await directory.hasPassword(user, 'wrong'), false);
  assert.equal(await directory.hasPassword(user, ''), false);
  assert.equal(await directory.hasPassword(undefined, 'right'), false);
});

test('two users of one name, and two with one access key, are refused at the start', async () => {
  await assert.rejects(Directory.of('elbow', [ann('p1'), ann('p2')]), /two users have the name ann/);
  await assert.rejects(
    Directory.of('elbow', [ann('p1'), { ...ann('p1'), name: 'bob' }]),
    /two users have the access key ANNSKEY/,
  );
});
