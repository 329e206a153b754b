import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AnswerAction,
  HeaderSource,
  RedirectAction,
  RuleConfiguration,
} from '../../src/dataplane/policy-configuration.ts';
import { asRequested } from '../../src/model/url-patterns.ts';
import {
  ask,
  echoIn,
  echoMember,
  forward,
  get,
  parseMessage,
  policy,
  RoutingGround,
  under,
} from './routing-ground.ts';
import { freePort } from './running-engine.ts';
import { certificate, shown, startTls, TlsPeer } from './tls-ground.ts';

const answerOf = (body: string, more: Partial<AnswerAction> = {}): AnswerAction => ({
  ...{ kind: 'answer', status: 200, contentType: 'text/plain', headers: null, limit: null },
  body,
  ...more,
});

const sameUrl = {
  ...{
    protocol: asRequested('protocol'),
    host: asRequested('host'),
    port: asRequested('port'),
    path: asRequested('path'),
    query: asRequested('query'),
  },
};
const redirectTo = (url: Partial<RedirectAction['url']>, status = 302): RedirectAction => {
  return { kind: 'redirect', status, url: { ...sameUrl, ...url }, headers: null };
};

test('a request goes where the first policy for it says, and to the default pool without one', async (t) => {
  const ground = await RoutingGround.start(t);
  await ground.addPool(t, 'a');
  await ground.addPool(t, 'b');
  ground.put(policy('1', [under('/a/b')], forward({ b: 1 })), policy('2', [under('/a')], forward({ a: 1 })));
  assert.equal(await ground.nameOf(get('/a/b?x')), 'b');
  assert.equal(await ground.nameOf(get('/a')), 'a');
  assert.equal(await ground.nameOf(get('/')), 'default');
  assert.equal(await ground.nameOf('GET http://other.test/a HTTP/1.1\r\nHost: h\r\n\r\n'), 'a');
  assert.equal(await ground.nameOf('GET /a HTTP/1.0\r\n\r\n'), 'a');
});

test('every request of a connection is decided anew, also when it repeats its headers', async (t) => {
  const ground = await RoutingGround.start(t);
  await ground.addPool(t, 'a');
  const byHeader: RuleConfiguration = {
    ...under('v*'),
    ...{ part: 'header', name: 'x-a', comparison: 'equal' },
  };
  ground.put(policy('1', [under('/a'), byHeader], forward({ a: 1 })));
  const client = await ground.proxy.client();
  const name = async (request: string) => echoIn(await ask(client, request)).name;
  assert.equal(await name(get('/a', 'X-A: v1')), 'a');
  assert.equal(await name(get('/a', 'X-A: v1')), 'a');
  assert.equal(await name(get('/b', 'X-A: v1')), 'default');
  assert.equal(await name(get('/a', 'x-a: w')), 'default');
  assert.equal(await name(get('/a', 'X-A: w', 'x-A: v')), 'a');
});

test('changes of policies act at once and keep connections and what is in progress', async (t) => {
  const ground = await RoutingGround.start(t);
  await ground.addPool(t, 'a');
  const client = await ground.proxy.client();
  const name = async () => echoIn(await ask(client, get('/a'))).name;
  assert.equal(await name(), 'default');
  ground.put(policy('1', [under('/a')], forward({ a: 1 })));
  assert.equal(await name(), 'a');
  ground.put(policy('0', [under('/a')], answerOf('fixed')));
  assert.equal((await ask(client, get('/a'))).body, 'fixed');
  ground.proxy.change({ policies: { put: [], remove: ['0'] } });
  assert.equal(await name(), 'a');
  client.send('GET /a HTTP/1.1\r\nHost: h\r\n');
  ground.proxy.change({ policies: { put: [], remove: ['1', 'never there'] } });
  client.send('\r\n');
  assert.equal(echoIn(parseMessage(await client.message())).name, 'default');
});

test('a snapshot takes away the policies that it does not have', async (t) => {
  const ground = await RoutingGround.start(t);
  ground.put(policy('1', [under('/')], answerOf('fixed')));
  assert.equal((await ground.ask(get('/'))).body, 'fixed');
  ground.proxy.engine.apply(ground.proxy.snapshot([]));
  assert.match((await ground.ask(get('/'))).line, /503/);
});

test('a policy may be there before its listener, and outlives it', async (t) => {
  const ground = await RoutingGround.start(t);
  const { proxy } = ground;
  ground.put({ ...policy('1', [under('/')], answerOf('fixed')), listenerId: 'second' });
  assert.equal(await ground.nameOf(get('/')), 'default');
  for (let round = 0; round < 2; round++) {
    const port = await freePort(proxy.address);
    proxy.putListener({ ...proxy.listener, id: 'second', port });
    await proxy.state('listening', 'second');
    assert.equal((await ask(await proxy.client(port), get('/'))).body, 'fixed');
    proxy.change({ listeners: { put: [], remove: ['second'] } });
    proxy.states.length = 0;
  }
});

test('a policy that leads to a pool that proxies cannot serve answers 503, and never the default pool', async (t) => {
  const ground = await RoutingGround.start(t);
  ground.put(policy('1', [under('/a')], forward({ nowhere: 1 })));
  assert.equal((await ground.ask(get('/a'))).line, 'HTTP/1.1 503 Service Unavailable');
  ground.put(policy('1', [under('/a')], forward({ pool: 0 })));
  assert.equal((await ground.ask(get('/a'))).line, 'HTTP/1.1 503 Service Unavailable');
});

test('several pools share the requests exactly by their weights', async (t) => {
  const ground = await RoutingGround.start(t);
  for (const id of ['a', 'b', 'c']) await ground.addPool(t, id);
  ground.put(policy('1', [under('/')], forward({ a: 3, b: 1, c: 0 })));
  const names = new Map<string, number>();
  for (let request = 0; request < 8; request++) {
    const name = await ground.nameOf(get('/'));
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  assert.deepEqual([...names].sort(), [
    ['a', 6],
    ['b', 2],
  ]);
});

test('sticky pools keep a client by a cookie that names no pool, as long as the pool is one of them', async (t) => {
  const ground = await RoutingGround.start(t);
  for (const id of ['a', 'b']) await ground.addPool(t, id);
  const sessions = { key: 'key', timeoutMs: 60_000 };
  ground.put(policy('1', [under('/')], forward({ a: 1, b: 1 }, { sessions })));
  const first = await ground.ask(get('/'));
  const [cookie = ''] = (first.headers['set-cookie'] ?? '').split(';');
  assert.match(
    first.headers['set-cookie'] ?? '',
    /^ELBOW-[0-9a-f]{10}=[\w-]{22}\.\w+; Path=\/; HttpOnly; Max-Age=60$/,
  );
  const { name } = echoIn(first);
  for (let request = 0; request < 5; request++) {
    const next = await ground.ask(get('/', `Cookie: other=1; ${cookie}`));
    assert.equal(echoIn(next).name, name);
    assert.equal(next.headers['set-cookie'], undefined);
  }
  // At weight 0 it gets nobody new, and keeps whom it has.
  const other = name === 'a' ? 'b' : 'a';
  ground.put(policy('1', [under('/')], forward({ [name]: 0, [other]: 1 }, { sessions })));
  assert.equal(await ground.nameOf(get('/', `Cookie: ${cookie}`)), name);
  assert.equal(await ground.nameOf(get('/')), other);
  ground.put(policy('1', [under('/')], forward({ [other]: 1 }, { sessions })));
  const moved = await ground.ask(get('/', `Cookie: ${cookie}`));
  assert.equal(echoIn(moved).name, other);
  assert.match(moved.headers['set-cookie'] ?? '', /^ELBOW-/);
});

test('a redirect keeps every part of the URL that it does not change', async (t) => {
  const ground = await RoutingGround.start(t);
  const { port } = ground.proxy;
  const locationFor = async (url: Partial<RedirectAction['url']>, request: string) => {
    ground.put(policy('1', [under('/')], redirectTo(url)));
    const { line, headers } = await ground.ask(request);
    assert.equal(line, 'HTTP/1.1 302 Found');
    return headers['location'];
  };
  const request = get('/a/b?c=d&e', 'Host: Example.test:1234');
  assert.equal(await locationFor({ host: 'b.test' }, request), `http://b.test:${port}/a/b?c=d&e`);
  assert.equal(
    await locationFor({ protocol: 'https', port: '443' }, request),
    'https://example.test/a/b?c=d&e',
  );
  assert.equal(
    await locationFor({ protocol: 'https', port: '80' }, request),
    'https://example.test:80/a/b?c=d&e',
  );
  assert.equal(
    await locationFor({ port: '80', path: `/x${asRequested('path')}`, query: '' }, request),
    'http://example.test/x/a/b',
  );
  assert.equal(
    await locationFor({ port: '80', query: `${asRequested('query')}&f=${asRequested('host')}` }, get('/')),
    'http://example.test/?&f=example.test',
  );
  assert.equal(await locationFor({ port: '80', path: '/$1$x-$/$' }, get('/')), 'http://example.test/-$/$');
});

test('$1 and so on stand for what the groups of the path’s expression matched', async (t) => {
  const ground = await RoutingGround.start(t);
  const expression: RuleConfiguration = { ...under('^/(\\w+)/(x)?(\\d+)$'), comparison: 'expression' };
  ground.put(
    policy('1', [expression], redirectTo({ port: '80', path: '/$3/$2/$1/$9', query: 'id=$3' }, 308)),
  );
  const { line, headers } = await ground.ask(get('/user/12?x'));
  assert.deepEqual(
    [line, headers['location']],
    ['HTTP/1.1 308 Permanent Redirect', 'http://example.test/12//user/?id=12'],
  );
});

test('a redirect to another listener is 301 to its port with all else as it was', async (t) => {
  const ground = await RoutingGround.start(t);
  ground.put(policy('1', [], redirectTo({ protocol: 'https', port: '8443' }, 301)));
  const { line, headers } = await ground.ask(get('/a?b'));
  assert.equal(line, 'HTTP/1.1 301 Moved Permanently');
  assert.equal(headers['location'], 'https://example.test:8443/a?b');
});

test('a URL that would become too long is answered 414', async (t) => {
  const ground = await RoutingGround.start(t);
  ground.put(
    policy(
      '1',
      [under('/r')],
      redirectTo({ path: `${asRequested('path')}${asRequested('path')}${asRequested('path')}` }),
    ),
    policy(
      '2',
      [under('/f')],
      forward(
        { pool: 1 },
        {
          rewrite: { ...sameUrl, path: `${asRequested('path')}${asRequested('path')}${asRequested('path')}` },
        },
      ),
    ),
  );
  const long = 'x'.repeat(4000);
  assert.match((await ground.ask(get(`/r${long}`))).line, / 414 /);
  assert.match((await ground.ask(get(`/f${long}`))).line, / 414 /);
});

test('a fixed response is sent with its type, its headers and the connection kept', async (t) => {
  const ground = await RoutingGround.start(t);
  const headers = {
    set: [{ name: 'X-Stage', value: { kind: 'text', text: 'test' } as const }],
    remove: ['date'],
  };
  ground.put(
    policy(
      '1',
      [under('/a')],
      answerOf('{"é":1}', { status: 418, contentType: 'application/json', headers }),
    ),
    policy('2', [under('/n')], answerOf('', { status: 204 })),
  );
  const client = await ground.proxy.client();
  client.send(get('/a') + get('/n') + get('/a').replace('GET', 'HEAD') + get('/a', 'Connection: close'));
  const first = parseMessage(await client.message());
  assert.equal(first.line, "HTTP/1.1 418 I'm a Teapot");
  assert.equal(Buffer.from(first.body, 'latin1').toString(), '{"é":1}');
  assert.equal(first.headers['content-type'], 'application/json');
  assert.equal(first.headers['x-stage'], 'test');
  assert.equal(
    parseMessage(await client.until('\r\n\r\n')).headers['content-length'],
    undefined,
    '204 has none',
  );
  const head = parseMessage(await client.until('\r\n\r\n'));
  assert.equal(head.headers['content-length'], '8');
  assert.equal(parseMessage(await client.toEnd()).headers['connection'], 'close');
});

test('a policy’s own answer to a request with a body ends the connection', async (t) => {
  const ground = await RoutingGround.start(t);
  ground.put(policy('1', [under('/a')], answerOf('no')));
  const response = await ground.proxy.exchange(
    `POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n${get('/smuggled')}`,
  );
  assert.equal(response.match(/HTTP\/1\.1/g)?.length, 1);
  assert.equal(parseMessage(response).headers['connection'], 'close');
});

test('the member gets the rewritten URL', async (t) => {
  const ground = await RoutingGround.start(t);
  const asked = async (rewrite: object, request: string) => {
    const all = {
      host: asRequested('host'),
      path: asRequested('path'),
      query: asRequested('query'),
      ...rewrite,
    };
    ground.put(policy('1', [under('/')], forward({ pool: 1 }, { rewrite: all })));
    const { line, headers } = echoIn(await ground.ask(request)).asked;
    return [line, headers['host']];
  };
  const request = get('/a?b', 'Host: Example.test:99');
  assert.deepEqual(await asked({}, request), ['GET /a?b HTTP/1.1', 'Example.test:99']);
  assert.deepEqual(await asked({ host: 'in.test' }, request), ['GET /a?b HTTP/1.1', 'in.test']);
  assert.deepEqual(await asked({ path: `/v2${asRequested('path')}`, query: '' }, request), [
    'GET /v2/a HTTP/1.1',
    'Example.test:99',
  ]);
  assert.deepEqual(await asked({ path: '/$abc#1' }, request), ['GET /%231?b HTTP/1.1', 'Example.test:99']);
  assert.deepEqual(await asked({ query: 'x=1' }, 'GET /a HTTP/1.0\r\nHost: h\r\n\r\n'), [
    'GET /a?x=1 HTTP/1.1',
    'h',
  ]);
});

test('the member gets the headers that a policy sets, and not those that it takes away', async (t) => {
  const ground = await RoutingGround.start(t);
  const set = [
    { name: 'X-Text', value: { kind: 'text', text: 'a b' } },
    { name: 'X-Copy', value: { kind: 'copy', of: 'X-From' } },
    { name: 'X-None', value: { kind: 'copy', of: 'X-Missing' } },
    { name: 'X-Client', value: { kind: 'fact', source: 'client-address' } },
    { name: 'X-Vip', value: { kind: 'fact', source: 'load-balancer-address' } },
    { name: 'X-Eip', value: { kind: 'fact', source: 'load-balancer-public-address' } },
  ] as const;
  ground.put(policy('1', [under('/a')], forward({ pool: 1 }, { headers: { set, remove: ['X-Debug'] } })));
  const request = (path: string) =>
    get(path, 'X-From: one', 'x-from: two', 'X_Text: forged', 'x-client: forged', 'x-DEBUG: 1', 'X-Kept: 1');
  const { headers } = echoIn(await ground.ask(request('/a'))).asked;
  assert.equal(headers['x-text'], 'a b');
  assert.equal(headers['x_text'], undefined);
  assert.equal(headers['x-copy'], 'one, two');
  assert.equal(headers['x-none'], undefined);
  assert.equal(headers['x-client'], '127.0.0.1');
  assert.equal(headers['x-vip'], ground.proxy.address);
  assert.equal(headers['x-eip'], undefined);
  assert.equal(headers['x-debug'], undefined);
  assert.equal(headers['x-kept'], '1');
  assert.equal(echoIn(await ground.ask(request('/b'))).asked.headers['x-debug'], '1');
});

test('policies of listeners with TLS know what the connection tells, and redirect by its protocol', async (t) => {
  const proxy = await startTls(t, {
    members: [(await echoMember(t, 'default')).configuration()],
    certificates: [shown('default', await certificate('a.test'))],
  });
  const fact = (name: string, source: HeaderSource) => ({ name, value: { kind: 'fact', source } }) as const;
  const set = [
    fact('X-Version', 'tls-version'),
    fact('X-Ja4', 'tls-ja4'),
    fact('X-Proto', 'listener-protocol'),
  ];
  const put = [
    policy('1', [under('/a')], forward({ pool: 1 }, { headers: { set, remove: [] } })),
    policy('2', [under('/r')], redirectTo({ host: 'b.test', port: '443' })),
  ];
  proxy.change({ policies: { put, remove: [] } });
  const client = await TlsPeer.open(proxy);
  const { headers } = echoIn(await ask(client, get('/a', 'X-Ja4: forged'))).asked;
  assert.deepEqual([headers['x-version'], headers['x-proto']], ['TLSv1.3', 'https']);
  assert.match(headers['x-ja4'] ?? '', /^t13/);
  assert.equal((await ask(client, get('/r'))).headers['location'], 'https://b.test/r');
});

test('requests beyond a limit are answered 503, of one client and of all', async (t) => {
  const ground = await RoutingGround.start(t);
  const limits = (perSecond: number, perSecondOfClient: number, burst: number) => {
    const limit = { perSecond, perSecondOfClient, burst };
    ground.put(
      policy('1', [under('/')], forward({ pool: 1 }, { limit })),
      policy('0', [under('/fixed')], answerOf('', { limit })),
    );
  };
  const passed = async (path: string) => {
    const client = await ground.proxy.client();
    let count = 0;
    for (let request = 0; request < 20; request++) {
      const { line } = await ask(client, get(path));
      if (line.includes(' 200 ')) count += 1;
      else assert.match(line, / 503 /);
    }
    client.close();
    return count;
  };
  // Slow enough that what comes in meanwhile is less than one.
  for (const path of ['/', '/fixed']) {
    limits(0, 2, 3);
    assert.ok([5, 6].includes(await passed(path)));
    limits(3, 0, 0);
    assert.ok([3, 4].includes(await passed(path)));
    limits(0, 100_000, 0);
    assert.equal(await passed(path), 20);
  }
});

test('preflights are answered, and members’ own words on other origins replaced', async (t) => {
  const ground = await RoutingGround.start(t);
  await ground.addPool(t, 'a', 'Access-Control-Allow-Origin: https://members.own\r\nX-Kept: 1\r\n');
  const crossOrigin = {
    origins: ['https://a.test', 'https://*.b.test:8443'],
    ...{
      methods: ['GET', 'PUT'],
      headers: ['x-a'],
      exposedHeaders: ['x-b'],
      allowsCredentials: true,
      maxAgeSeconds: 60,
    },
  };
  ground.put(policy('1', [under('/a')], forward({ a: 1 }, { crossOrigin })));
  const preflight = (origin: string) =>
    get(
      '/a',
      `Origin: ${origin}`,
      'Access-Control-Request-Method: PUT',
      'Access-Control-Request-Headers: x-a',
    ).replace('GET', 'OPTIONS');
  const client = await ground.proxy.client();
  const answers = async (request: string) => {
    client.send(request);
    return parseMessage(await client.until('\r\n\r\n'));
  };
  const { line, headers } = await answers(preflight('https://a.test'));
  assert.equal(line, 'HTTP/1.1 204 No Content');
  const { date: _date, ...told } = headers;
  assert.deepEqual(told, {
    'access-control-allow-origin': 'https://a.test',
    vary: 'Origin',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'x-a',
    'access-control-max-age': '60',
  });
  const refused = [
    'https://evil.test',
    'http://a.test',
    'https://b.test:8443',
    'https://x.y.b.test:8443',
    'null',
  ];
  for (const origin of refused) {
    assert.equal(
      (await answers(preflight(origin))).headers['access-control-allow-origin'],
      undefined,
      origin,
    );
  }
  const real = async (...fields: string[]) => (await ground.ask(get('/a', ...fields))).headers;
  const allowed = await real('Origin: https://x.b.test:8443');
  assert.equal(allowed['access-control-allow-origin'], 'https://x.b.test:8443');
  assert.equal(allowed['access-control-expose-headers'], 'x-b');
  assert.equal(allowed['x-kept'], '1');
  assert.equal((await real('Origin: https://evil.test'))['access-control-allow-origin'], undefined);
  assert.equal((await real())['access-control-allow-origin'], undefined);
});

test('every origin may without credentials as *, with them by its name; empty lists allow what is asked for', async (t) => {
  const ground = await RoutingGround.start(t);
  const rules = (allowsCredentials: boolean) => ({
    ...{ origins: ['*'], methods: [], headers: [], exposedHeaders: [], maxAgeSeconds: -1, allowsCredentials },
  });
  const preflight = get(
    '/',
    'Origin: https://a.test',
    'Access-Control-Request-Method: PATCH',
    'Access-Control-Request-Headers: x-q',
  );
  const headers = async () => {
    const client = await ground.proxy.client();
    client.send(preflight.replace('GET', 'OPTIONS'));
    return parseMessage(await client.until('\r\n\r\n')).headers;
  };
  ground.put(policy('1', [], forward({ pool: 1 }, { crossOrigin: rules(false) })));
  const open = await headers();
  assert.equal(open['access-control-allow-origin'], '*');
  assert.equal(open['access-control-allow-methods'], 'PATCH');
  assert.equal(open['access-control-allow-headers'], 'x-q');
  ground.put(policy('1', [], forward({ pool: 1 }, { crossOrigin: rules(true) })));
  assert.equal((await headers())['access-control-allow-origin'], 'https://a.test');
});
