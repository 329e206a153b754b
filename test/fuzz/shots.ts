/** Requests: of an operation mostly, with an odd path, query, header or method now and then. */
import fc from 'fast-check';
import type { Sent } from '../support/wire.ts';
import { type Body, bodyFor, bytesOf } from './bodies.ts';
import type { Corpus } from './corpus.ts';
import { ground } from './ground.ts';
import { type Ids, idFor } from './ids.ts';
import type { Operation } from './operations.ts';
import { oddName, oddText } from './texts.ts';
import { valueFor } from './values.ts';

export interface Shot {
  readonly method: string;
  readonly template: string;
  /** What stands for the parameters of the path, unless something there is that fits all of them. */
  readonly parameters: readonly string[];
  readonly at: number;
  readonly query: readonly (readonly [string, string])[];
  /** Behind the query as it is. */
  readonly rawQuery: string;
  /** Instead of all that. */
  readonly rawTarget: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly credential: string;
  readonly body: Body | null;
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T, one: number): fc.Arbitrary<T> =>
  fc.oneof({ weight: one - 1, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

/** Every byte but letters and digits as an escape. */
function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[\w.~-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

const rawSegments = fc.constantFrom(
  ...['%', '%zz', '%00', '%ff', '%C0%80', '%ED%A0%80', '%2e%2e', '..', '.', '%2f', '', ';a=b', '*', ':id'],
  ...['a'.repeat(257), 'a'.repeat(300), 'a'.repeat(20_000), '\xe9\xff', '__proto__', 'constructor', '%u0041'],
);

const rawTargets = fc.constantFrom(
  ...[
    '*',
    '/',
    '//',
    '/?',
    '/#',
    '/v3',
    '/%',
    '/%2e%2e/%2e%2e',
    '/v3/../v3',
    'http://127.0.0.1/v3',
    'v3',
    '',
  ],
  ...[`/${'a/'.repeat(5000)}`, `/v3/${ground.projectId}//elb/pools`, `/v3/${ground.projectId}/elb/pools/`],
  ...[
    `/V3/${ground.projectId}/elb/pools`,
    `/v3/${ground.projectId}/elb/pools/;x`,
    '/healthz?a=%',
    '/docs/..',
  ],
  `/v3/${ground.foreignProjectId}/elb/pools`,
);

const rawQueries = fc.constantFrom(
  ...[
    '&',
    '&&=&',
    '&=x',
    '&limit',
    '&limit=',
    '&limit=1&limit=2',
    '&limit[]=1',
    '&limit[__proto__]=1',
    '&a%',
  ],
  ...[
    '&id=%',
    '&id=%zz',
    '&id=%00',
    '&id=%ff',
    '&id=%C0%80',
    '&name=+',
    '&name=%2B',
    '&__proto__=1',
    '?limit=1',
  ],
  ...[
    '&constructor=1',
    '&toString=1',
    '&limit=1e2',
    '&limit=0x10',
    '&limit= 1',
    '&limit=99999999999999999999',
  ],
  ...['&id=a'.repeat(2000), `&name=${'x'.repeat(12_000)}`, '&page_reverse=yes', '&marker=', '&limit=-1'],
);

const oddHeaders = fc.constantFrom<[string, string]>(
  ['content-type', 'text/plain'],
  ['content-type', ''],
  ['content-type', '///'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-encoding', 'gzip'],
  ['accept', 'text/html'],
  ['accept-encoding', 'gzip, br'],
  ['expect', '100-continue'],
  ['expect', 'the unexpected'],
  ['upgrade', 'h2c'],
  ['upgrade', 'websocket'],
  ['connection', 'close'],
  ['x-http-method-override', 'DELETE'],
  ['x-project-id', ground.foreignProjectId],
  ['x-request-id', 'mine'],
  ['x-forwarded-for', '127.0.0.1'],
  ['__proto__', '1'],
  ['constructor', '1'],
  ['content-length', 'x'],
  ['content-length', '-1'],
  ['transfer-encoding', 'gzip'],
  ['transfer-encoding', 'chunked'],
  ['x-odd', '\xe9\xff'],
  ['x-long', 'a'.repeat(10_000)],
  ['x-too-long', 'a'.repeat(20_000)],
  ['a b', '1'],
);

/** By what the caller is known: its token nearly always. */
const credentials = fc.constantFrom('foreign', 'none', 'garbage', 'cut', 'long', 'signature', 'subject');

const methods = fc.constantFrom(
  ...[
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'PURGE',
    'QUERY',
    'get',
  ],
  ...['FOO', 'G\xe9T'],
);

export function shotAt(operations: readonly Operation[]): fc.Arbitrary<Shot> {
  return fc.constantFrom(...operations).chain((operation) => shotOf(operation));
}

function shotOf({ method, path, query, body }: Operation): fc.Arbitrary<Shot> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = names.map((name) =>
    name === 'project_id'
      ? rarely(fc.constantFrom<string>(ground.foreignProjectId, 'x', '__proto__'), ground.projectId, 50)
      : fc.oneof(
          { weight: 40, arbitrary: idFor(name) },
          { weight: 1, arbitrary: oddText.map(escaped) },
          { weight: 1, arbitrary: rawSegments },
        ),
  );
  const asked = fc.oneof(
    ...query.map(({ name, schema }) =>
      valueFor(schema, name).map((value) => [name, textOf([value].flat()[0])] as const),
    ),
    fc.tuple(oddName, oddText),
  );
  const shot = fc.record({
    method: rarely(methods, method, 40),
    template: fc.constant(path),
    parameters: fc.tuple(...parameters),
    at: fc.nat({ max: 9999 }),
    query: rarely(fc.array(asked, { maxLength: 3 }), [], query.length > 0 ? 2 : 20),
    rawQuery: rarely(rawQueries, '', 40),
    rawTarget: rarely<string | null>(rawTargets, null, 100),
    headers: rarely(fc.array(oddHeaders, { maxLength: 2 }), [], 15),
    credential: rarely<string>(credentials, 'own', 25),
    body: bodyFor(body),
  });
  return shot.map((each) => (isAtHome(each) ? { ...each, credential: 'own' } : each));
}

/** Whether the user of the other project would act in it: that may succeed, and is not what is looked for. */
function isAtHome({ credential, parameters, rawTarget }: Shot): boolean {
  return credential === 'foreign' && [rawTarget, ...parameters].join().includes(ground.foreignProjectId);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The tokens of two users, each of one project. */
export interface Tokens {
  readonly own: string;
  readonly foreign: string;
}

/** The request as it is sent, with ids of what there is by now. */
export function aimed(shot: Shot, ids: Ids, corpus: Corpus, tokens: Tokens): Sent {
  const fill = (text: string) => ids.fill(text);
  const operation = `${shot.method} ${shot.template}`;
  const body = bytesOf(shot.body, (at) => corpus.body(operation, at), fill);
  const given = new Set(shot.headers.map(([name]) => name));
  const isChunked = shot.headers.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked');
  const headers = [
    ...(given.has('content-type') ? [] : [['content-type', 'application/json'] as const]),
    ...(given.has('content-length') || given.has('transfer-encoding') || body.length === 0
      ? []
      : [['content-length', String(body.length)] as const]),
    ...credentialHeaders(shot.credential, tokens),
    ...shot.headers,
  ];
  return {
    method: shot.method,
    target: shot.rawTarget ?? targetOf(shot, ids),
    headers,
    body: isChunked ? chunked(body) : body,
  };
}

function targetOf({ template, parameters, at, query, rawQuery }: Shot, ids: Ids): string {
  let index = 0;
  const assembled = template.replaceAll(/\{\w+\}/g, () => parameters[index++] ?? '');
  const known = at % 3 === 0 ? null : ids.pathOf(template.replace('{project_id}', ground.projectId), at);
  const path = parameters.every((each) => /^(?:<<\w+:\d+>>|[0-9a-f]{32})$/.test(each))
    ? (known ?? assembled)
    : assembled;
  const pairs = query.map(([name, value]) => `${escaped(name)}=${escaped(ids.fill(value))}`);
  return `${ids.fill(path)}${pairs.length + rawQuery.length > 0 ? `?${pairs.join('&')}${rawQuery}` : ''}`;
}

function credentialHeaders(credential: string, { own, foreign }: Tokens): (readonly [string, string])[] {
  switch (credential) {
    case 'own':
      return [['x-auth-token', own]];
    case 'foreign':
      return [['x-auth-token', foreign]];
    case 'garbage':
      return [['x-auth-token', '\xe9\xff..%00']];
    case 'cut':
      return [['x-auth-token', own.slice(0, -1)]];
    case 'long':
      return [['x-auth-token', own.repeat(20)]];
    case 'signature':
      return [['authorization', 'SDK-HMAC-SHA256 Access=x, SignedHeaders=x-sdk-date, Signature=zz']];
    case 'subject':
      return [
        ['x-auth-token', own],
        ['x-subject-token', foreign],
      ];
    default:
      return [];
  }
}

function chunked(body: Buffer): Buffer {
  const end = Buffer.from('0\r\n\r\n');
  if (body.length === 0) return end;
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n'), end]);
}
