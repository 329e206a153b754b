/** Wrong requests about the settings of l7 policies (rules digest 2.6.3 to 2.6.5). */
import { each, type Ground, type Row, wrong } from './row.ts';

const path = '/elb/l7policies';

export function policyRows(g: Ground): Row[] {
  const one = `${path}/${g.policy}`;
  const make = (fields: object) => ({
    l7policy: { listener_id: g.advanced, action: 'REDIRECT_TO_POOL', redirect_pool_id: g.pool, ...fields },
  });
  const add = (key: string) => (value: unknown) => make({ [key]: value });
  const put = (key: string) => (value: unknown) => ({ l7policy: { [key]: value } });
  const field = (key: string, values: readonly unknown[], message: RegExp) => [
    ...each(values, add(key), 'POST', path, message),
    ...each(values, put(key), 'PUT', one, message),
  ];
  const extension = (key: string, values: readonly unknown[], message: RegExp) =>
    field(
      'redirect_pools_extend_config',
      values.map((value) => ({ [key]: value })),
      message,
    );
  return [
    ...each(
      ['', 'FORWARD', 'redirect_to_pool', 5, null],
      add('action'),
      'POST',
      path,
      /action.*REDIRECT_TO_POOL/,
    ),
    ...each(['', 5, null], add('listener_id'), 'POST', path, /listener_id/),
    wrong('POST', path, { l7policy: { action: 'REDIRECT_TO_POOL' } }, /listener_id.*required/),
    wrong('POST', path, {}, /l7policy.*required/),
    wrong('POST', path, make({ pool_id: 'x' }), /Unrecognized attribute\(s\) 'pool_id'/),
    ...each([0, 101, 'x'], add('position'), 'POST', path, /position.*1 to 100/),
    ...each(['', 'x'.repeat(256)], add('redirect_url'), 'POST', path, /redirect_url/),
    ...field('name', [5, 'x'.repeat(256)], /l7policy\.name.*0 to 255/),
    ...field('description', ['x'.repeat(256)], /l7policy\.description/),
    ...field('admin_state_up', [false, 'true'], /admin_state_up.*true/),
    ...field('rules', ['x', [1], Array(11).fill({})], /l7policy\.rules/),
    ...field('rules', [[{ type: 'PATH', value: '/' }]], /rules\[0\]\.compare_type.*required/),
    ...field(
      'redirect_pools_config',
      [
        ['x'],
        'x',
        Array(6).fill({ pool_id: g.pool }),
        ...[-1, 101, '101', 'x', 1.5, true].map((weight) => [{ pool_id: g.pool, weight }]),
        [{ weight: 1 }],
        [{ pool_id: '' }],
      ],
      /redirect_pools_config/,
    ),
    ...field(
      'redirect_pools_sticky_session_config',
      [{ timeout: 0 }, { timeout: 1441 }, { enable: 'x' }, 'x', { cookie: 1 }],
      /redirect_pools_sticky_session_config|Unrecognized attribute\(s\) 'cookie'/,
    ),
    ...extension('rewrite_url_enable', [true], /rewrite_url_config.*required when rewrite_url_enable/),
    ...extension(
      'rewrite_url_config',
      [
        ...['-a', 'a b', 'a_b', '$' + '{path}'].map((host) => ({ host })),
        ...['a', '/a b', '/a*', '/é', `/${'x'.repeat(128)}`].map((value) => ({ path: value })),
        ...['a b', 'a*', 'a#', '$' + '{x}', 'x'.repeat(129)].map((query) => ({ query })),
      ],
      /rewrite_url_config\.(host|path|query)/,
    ),
    ...extension(
      'insert_headers_config',
      [
        ...['', 'a b', 'x'.repeat(41), 'Host', 'X-Forwarded-For', 'cookie'].map((key) => ({
          configs: [{ key, value_type: 'USER_DEFINED', value: 'v' }],
        })),
        ...['', ' v', 'v ', 'é', 'a\nb', 'x'.repeat(129), 'Transparent', 'connection'].map((value) => ({
          configs: [{ key: 'k', value_type: 'USER_DEFINED', value }],
        })),
        { configs: [{ key: 'k', value_type: 'REFERENCE_HEADER', value: 'a b' }] },
        { configs: [{ key: 'k', value_type: 'SYSTEM_DEFINED', value: 'CLIENT-NAME' }] },
        { configs: [{ key: 'k', value_type: 'OTHER', value: 'v' }] },
        { configs: [{ key: 'k', value: 'v' }] },
        {},
      ],
      /insert_headers_config\.configs/,
    ),
    ...extension(
      'remove_headers_config',
      [{ configs: [{ key: 'TE' }] }, { configs: [{}] }, { configs: [{ key: 'é' }] }, {}],
      /remove_headers_config\.configs/,
    ),
    ...extension(
      'traffic_limit_config',
      [{ qps: -1 }, { qps: 100_001 }, { burst: 'x' }, { per_source_ip_qps: 100_001 }],
      /traffic_limit_config\.\w+.*0 to 100000/,
    ),
    ...extension(
      'traffic_limit_config',
      [{ qps: 5, per_source_ip_qps: 5 }],
      /per_source_ip_qps.*less than qps, which is 5/,
    ),
    ...extension(
      'cors_config',
      [
        ...['a.b', 'https://A.b', 'https://10.0.0.1', 'https://a.*.b', 'ftp://a.b', 'https://a.b/', ''].map(
          (origin) => ({ allow_origin: [origin] }),
        ),
        { allow_origin: ['https://a.b', 'https://a.b'] },
        { allow_origin: ['*', 'https://a.b'] },
        { allow_methods: ['get'] },
        { allow_headers: ['a b'] },
        { expose_headers: ['é'] },
        { max_age: -2 },
        { max_age: 172_801 },
        { allow_credentials: 'x' },
      ],
      /cors_config\.(allow_origin|allow_methods|allow_headers|expose_headers|max_age|allow_credentials)/,
    ),
    ...extension(
      'traffic_mirror_config',
      [{ target_ids: [g.pool, g.pool] }, { target_ids: 'x' }, { mirror_request_body_enable: 1 }],
      /traffic_mirror_config/,
    ),
    ...urlRows(g),
    ...fixedRows(g),
  ];
}

function urlRows(g: Ground): Row[] {
  const make = (redirect_url_config: unknown) => ({
    l7policy: { listener_id: g.advanced, action: 'REDIRECT_TO_URL', redirect_url_config },
  });
  const right = { status_code: '301', host: 'a.b' };
  const part = (key: string, values: readonly unknown[]) =>
    each(
      values,
      (value) => make({ ...right, [key]: value }),
      'POST',
      path,
      new RegExp(`redirect_url_config\\.${key}`),
    );
  return [
    wrong('POST', path, make({ host: 'a.b' }), /redirect_url_config\.status_code.*required/),
    ...part('status_code', ['200', '304', 301, '', null]),
    ...part('protocol', ['http', 'FTP', 5]),
    ...part('host', ['-a', 'a b', 'x'.repeat(129), 'a.b:80']),
    ...part('port', ['0', '65536', 80, '080', 'x']),
    ...part('path', ['a', '/a b', '/"', '/é', `/${'x'.repeat(128)}`]),
    ...part('query', ['a b', 'a#', 'x'.repeat(129), '{x}']),
    ...part('remove_headers_config', [{ configs: [{ key: 'host' }] }]),
    wrong('POST', path, make({ ...right, url: 'x' }), /Unrecognized attribute\(s\) 'url'/),
  ];
}

function fixedRows(g: Ground): Row[] {
  const make = (fixed_response_config: unknown) => ({
    l7policy: { listener_id: g.advanced, action: 'FIXED_RESPONSE', fixed_response_config },
  });
  const right = { status_code: '200' };
  const part = (key: string, values: readonly unknown[]) =>
    each(
      values,
      (value) => make({ ...right, [key]: value }),
      'POST',
      path,
      new RegExp(`fixed_response_config\\.${key}`),
    );
  return [
    wrong('POST', path, make({ message_body: 'x' }), /fixed_response_config\.status_code.*required/),
    ...part('status_code', ['199', '301', '600', 200, '', null, '2000']),
    ...part('content_type', ['text/xml']),
    ...part('message_body', ['x'.repeat(1025), 5]),
    ...part('traffic_limit_config', [{ qps: 1, per_source_ip_qps: 2 }]),
    ...part('insert_headers_config', [{ configs: [{ key: 'te', value_type: 'USER_DEFINED', value: 'v' }] }]),
  ];
}
