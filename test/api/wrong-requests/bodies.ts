/** Bodies that are no JSON object, or carry what no operation knows. */
import { type Ground, type Row, wrong } from './row.ts';

/** Text that is sent as it is, and what is said of it. */
const broken: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /body.*empty; expected an object/],
  ['{', /body.*not JSON/],
  ['{"member":', /body.*not JSON/],
  ["{'member':{}}", /body.*not JSON/],
  ['{"member":{},}', /body.*not JSON/],
  ['\u0000', /body.*not JSON/],
  ['member=1', /body.*not JSON/],
  ['<member/>', /body.*not JSON/],
  ['NaN', /body.*not JSON/],
  ['null', /body.*got null, expected an object/],
  ['true', /body.*got true, expected an object/],
  ['0', /body.*got 0, expected an object/],
  ['"member"', /body.*got "member", expected an object/],
  ['[]', /body.*expected an object|is required/],
  ['[{"member":{}}]', /body.*expected an object|is required/],
  ['{}', /member.*required/],
  ['{"members":{}}', /Unrecognized attribute\(s\) 'members'/],
  ['{"Member":{}}', /Unrecognized attribute\(s\) 'Member'/],
  ['{"member":null}', /member.*got null, expected an object/],
  ['{"member":[]}', /member.*expected an object|required/],
  ['{"member":"x"}', /member.*got "x", expected an object/],
  ['{"member":{},"request_id":"x"}', /Unrecognized attribute\(s\) 'request_id'/],
  ['{"member":{"address":"10.0.0.9","__proto__":{"weight":1}}}', /Unrecognized attribute\(s\) '__proto__'/],
  ['{"member":{"address":"10.0.0.9","constructor":1}}', /Unrecognized attribute\(s\) 'constructor'/],
  ['{"member":{"address":"10.0.0.9","toString":1}}', /Unrecognized attribute\(s\) 'toString'/],
  ['{"member":{"address":"10.0.0.9","hasOwnProperty":1}}', /Unrecognized attribute\(s\) 'hasOwnProperty'/],
  ['{"__proto__":{"member":{"address":"10.0.0.9"}}}', /member.*required|Unrecognized attribute/],
  ['{"member":{"address":"10.0.0.9","a":1,"b":2}}', /Unrecognized attribute\(s\) 'a, b'/],
  [`{"member":${'['.repeat(100000)}${']'.repeat(100000)}}`, /64 levels/],
  [`{"member":${'{"member":'.repeat(50000)}1${'}'.repeat(50000)}}`, /64 levels/],
  [`{"member":{"address":"10.0.0.9","name":"${'x'.repeat(1024 * 1024)}"}}`, /body.*larger than 1 MiB/],
  ['{"member":{"address":"10.0.0.9","protocol_port":80,"name":"\\ud800"}}', /body.*half a surrogate pair/],
  ['{"member":{"address":"10.0.0.9","protocol_port":1e400}}', /protocol_port.*an integer from 0 to 65535/],
  ['{"member":{"address":"10.0.0.9","protocol_port":80.5}}', /protocol_port.*an integer from 0 to 65535/],
];

export function bodyRows({ pool, member, lb, listener, monitor }: Ground): Row[] {
  const path = `/elb/pools/${pool}/members`;
  return [
    ...broken.map(([text, message]) => wrong('POST', path, text, message)),
    wrong('PUT', `${path}/${member}`, '', /body.*empty/),
    wrong('PUT', `${path}/${member}`, '{}', /member.*required/),
    wrong('PUT', `/elb/pools/${pool}`, '{}', /pool.*required/),
    wrong('PUT', `/elb/loadbalancers/${lb}`, '{}', /loadbalancer.*required/),
    wrong('PUT', `/elb/listeners/${listener}`, '{"listener":null}', /listener.*expected an object/),
    wrong(
      'PUT',
      `/elb/healthmonitors/${monitor}`,
      '{"healthmonitor":[]}',
      /healthmonitor.*expected an object/,
    ),
    wrong('POST', `${path}/batch-add`, '{}', /members.*required/),
    wrong('POST', `${path}/batch-add`, '{"members":{}}', /members.*a list of 1 to 200 items/),
    wrong('POST', `${path}/batch-add`, '{"members":[null]}', /members\[0\].*expected an object/),
    wrong('POST', `${path}/batch-add`, '{"members":["10.0.0.9"]}', /members\[0\].*expected an object/),
    wrong('POST', `${path}/batch-delete`, '{"members":[1]}', /members\[0\].*expected an object/),
  ];
}
