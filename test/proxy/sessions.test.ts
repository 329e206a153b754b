import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberConfiguration, PoolSessions } from '../../src/dataplane/configuration.ts';
import { SessionCookie } from '../../src/proxy/sessions/session-cookie.ts';
import { DeafMember } from './deaf-member.ts';
import { RawMember } from './raw-member.ts';
import { echoIn, echoMember, get, type Message, pool, RoutingGround } from './routing-ground.ts';

const byOurCookie: PoolSessions = { key: 'key', timeoutMs: 60_000, applicationCookie: null };
const byTheirs: PoolSessions = { key: 'key', timeoutMs: null, applicationCookie: 'APPID' };

/** The cookie of ours that an answer sets, as a client sends it back; undefined when it sets none. */
function ours({ headers }: Message): string | undefined {
  return /ELBOW-[^;]+/.exec(headers['set-cookie'] ?? '')?.[0];
}

function keepSessions(ground: RoutingGround, sessions: PoolSessions | null): void {
  ground.proxy.change({ pools: { put: [pool('pool', { sessions })], remove: [] } });
}

async function start(t: Parameters<typeof RoutingGround.start>[0], sessions: PoolSessions) {
  const members = new Map<string, MemberConfiguration>();
  for (const id of ['a', 'b', 'c']) members.set(id, (await echoMember(t, id)).configuration({ id }));
  const ground = await RoutingGround.start(t, [...members.values()]);
  keepSessions(ground, sessions);
  const change = (id: string, more: Partial<MemberConfiguration>) => {
    const member = members.get(id);
    assert.ok(member);
    ground.proxy.putMember({ ...member, ...more });
  };
  return { ground, change, ports: [...members.values()].map(({ port }) => String(port)) };
}

test('the first answer sets a cookie, by which the client keeps its member', async (t) => {
  const { ground } = await start(t, byOurCookie);
  const first = await ground.ask(get('/'));
  const { name } = echoIn(first);
  assert.match(
    first.headers['set-cookie'] ?? '',
    /^ELBOW-[0-9a-f]{10}=[\w-]{22}\.\w+; Path=\/; HttpOnly; Max-Age=60$/,
  );
  for (let request = 0; request < 6; request++) {
    const next = await ground.ask(get('/', `Cookie: a=b; ${ours(first)}; c=d`));
    assert.equal(echoIn(next).name, name);
    assert.equal(ours(next), undefined, 'it has it already');
  }
});

test('the cookie tells nothing of the member, and every worker and proxy makes the same', async (t) => {
  const [one, other] = [await start(t, byOurCookie), await start(t, byOurCookie)];
  const first = await one.ground.ask(get('/'));
  const cookie = ours(first) ?? '';
  const { name } = echoIn(first);
  for (const told of ['127.0.0.1', ...one.ports]) assert.ok(!cookie.includes(told));
  assert.equal(echoIn(await other.ground.ask(get('/', `Cookie: ${cookie}`))).name, name);
  const differing = await start(t, { ...byOurCookie, key: 'another' });
  assert.ok(
    ours(await differing.ground.ask(get('/', `Cookie: ${cookie}`))),
    'of another pool: not understood',
  );
});

test('a member that is down or gone is replaced, and the cookie with it', async (t) => {
  const { ground, change } = await start(t, byOurCookie);
  let answer = await ground.ask(get('/'));
  for (const leave of [
    (id: string) => change(id, { healthy: false }),
    (id: string) => ground.proxy.removeMember(id),
  ]) {
    const before = echoIn(answer).name;
    leave(before);
    const cookie = ours(answer);
    answer = await ground.ask(get('/', `Cookie: ${cookie}`));
    assert.notEqual(echoIn(answer).name, before);
    assert.ok(ours(answer));
    assert.notEqual(ours(answer), cookie);
  }
});

test('a member that refuses the connection is replaced, and the cookie with it', async (t) => {
  const { ground } = await start(t, byOurCookie);
  const dead = await RawMember.start(t);
  const configuration = dead.configuration({ id: 'dead' });
  await dead.close();
  ground.proxy.putMember(configuration);
  const cookie = new SessionCookie(byOurCookie);
  const [line = ''] = cookie
    .lineFor(cookie.tokenOf('dead'), Date.now())
    .replace('Set-Cookie: ', '')
    .split(';');
  const answer = await ground.ask(get('/', `Cookie: ${line}`));
  assert.match(answer.line, / 200 /);
  assert.ok(ours(answer));
});

test('a member of weight 0 keeps its clients and gets no new ones', async (t) => {
  const { ground, change } = await start(t, byOurCookie);
  const first = await ground.ask(get('/'));
  const { name } = echoIn(first);
  change(name, { weight: 0 });
  assert.equal(echoIn(await ground.ask(get('/', `Cookie: ${ours(first)}`))).name, name);
  for (let request = 0; request < 4; request++) assert.notEqual(await ground.nameOf(get('/')), name);
});

test('a client waits for no other member when its own does not answer in time', async (t) => {
  const { ground } = await start(t, byOurCookie);
  const deaf = await DeafMember.start(t);
  ground.proxy.putMember({ ...deaf.configuration(), id: 'deaf', weight: 0 });
  const { listener } = ground.proxy;
  assert.ok(listener.http);
  ground.proxy.putListener({ ...listener, http: { ...listener.http, memberTimeoutMs: 50 } });
  const cookie = new SessionCookie(byOurCookie);
  const line = cookie.lineFor(cookie.tokenOf('deaf'), Date.now()).replace('Set-', '').trimEnd();
  assert.match((await ground.ask(get('/', line))).line, / 504 /);
  assert.match((await ground.ask(get('/'))).line, / 200 /);
});

test('an application’s cookie begins a session, and holds it as long as the client has it', async (t) => {
  const { ground } = await start(t, byTheirs);
  const plain = await ground.ask(get('/'));
  assert.equal(plain.headers['set-cookie'], undefined, 'the application has begun none');
  const begun = await ground.ask(get('/', 'Cookie: APPID=one'));
  const { name } = echoIn(begun);
  assert.match(begun.headers['set-cookie'] ?? '', /^ELBOW-[0-9a-f]{10}=[\w-]{22}; Path=\/; HttpOnly$/);
  for (let request = 0; request < 4; request++) {
    const next = await ground.ask(get('/', `Cookie: APPID=one; ${ours(begun)}`));
    assert.equal(echoIn(next).name, name);
    assert.equal(ours(next), undefined);
  }
  const names = new Set<string>();
  for (let request = 0; request < 3; request++)
    names.add(await ground.nameOf(get('/', `Cookie: ${ours(begun)}`)));
  assert.equal(names.size, 3, 'without the application’s cookie there is no session');
});

test('the answer that sets an application’s cookie also says where its session is', async (t) => {
  const member = await echoMember(t, 'a', 'Set-Cookie: APPID=new; Path=/\r\n');
  const ground = await RoutingGround.start(t, [member.configuration({ id: 'a' })]);
  keepSessions(ground, byTheirs);
  const answers = [await ground.ask(get('/')), await ground.ask(get('/'), get('/'))];
  for (const { headers } of answers) {
    assert.match(headers['set-cookie'] ?? '', /^APPID=new; Path=\/, ELBOW-/);
  }
  keepSessions(ground, { ...byTheirs, applicationCookie: 'OTHER' });
  assert.equal((await ground.ask(get('/'))).headers['set-cookie'], 'APPID=new; Path=/');
});

test('sessions can be switched on and off under clients that are there', async (t) => {
  const { ground } = await start(t, byOurCookie);
  const first = await ground.ask(get('/'));
  keepSessions(ground, null);
  const names = new Set<string>();
  for (let request = 0; request < 3; request++) {
    const answer = await ground.ask(get('/', `Cookie: ${ours(first)}`));
    assert.equal(ours(answer), undefined);
    names.add(echoIn(answer).name);
  }
  assert.equal(names.size, 3);
  keepSessions(ground, byOurCookie);
  assert.equal(await ground.nameOf(get('/', `Cookie: ${ours(first)}`)), echoIn(first).name);
});

test('a cookie is good for its time from when it was set', () => {
  const cookie = new SessionCookie({ key: 'key', timeoutMs: 60_000 });
  const token = cookie.tokenOf('member');
  const setAt = Date.UTC(2026, 0, 1);
  const value = /=([^;]+);/.exec(cookie.lineFor(token, setAt))?.[1] ?? '';
  assert.equal(cookie.tokenIn(value, setAt + 60_000), token);
  assert.equal(cookie.tokenIn(value, setAt + 61_000), null);
  assert.equal(cookie.tokenIn(token, setAt), null, 'without a time');
  for (const garbage of ['', '.', '..', '.zzz', 'é.1']) assert.ok(cookie.tokenIn(garbage, setAt) !== token);
});
