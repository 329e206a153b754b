/** Wrong requests about members. */
import { seed } from '../../support/control-plane.ts';
import { places } from '../fixtures.ts';
import { absent, conflicting, each, type Ground, type Row, wrong } from './row.ts';

export function memberRows(g: Ground): Row[] {
  const path = `/elb/pools/${g.pool}/members`;
  const one = `${path}/${g.member}`;
  const right = { address: '10.0.0.9', protocol_port: 80 };
  const create = (fields: object) => ({ member: { ...right, ...fields } });
  const change = (key: string) => (value: unknown) => ({ member: { [key]: value } });
  const add = (key: string) => (value: unknown) => create({ [key]: value });
  return [
    ...each(['', 'x'.repeat(65), 5, null, [], {}], add('address'), 'POST', path, /member\.address/),
    ...each(
      ['nonsense', '10.0.0', '10.0.0.256', '10.0.0.1/24', '010.0.0.1', '10.0.0.1 ', 'fe80::1%eth0', '::g'],
      add('address'),
      'POST',
      path,
      /member\.address.*not an IPv4 or IPv6 address/,
    ),
    ...each(
      ['8.8.8.8', '0.0.0.0', '127.0.0.1', '255.255.255.255'],
      add('address'),
      'POST',
      path,
      /member\.address.*not a private/,
    ),
    wrong('POST', path, { member: { protocol_port: 80 } }, /member\.address.*required/),
    wrong('POST', path, { member: { address: '10.0.0.9' } }, /member\.protocol_port.*required.*1 to 65535/),
    ...each([-1, 65536, '80', 1.5, true], add('protocol_port'), 'POST', path, /member\.protocol_port.*65535/),
    wrong('POST', path, create({ protocol_port: 0 }), /member\.protocol_port.*got 0.*1 to 65535/),
    wrong('POST', path, create({ protocol_port: null }), /member\.protocol_port.*required/),
    ...each([-1, 101, '1', 1.5, []], add('weight'), 'POST', path, /member\.weight.*0 to 100/),
    ...each([5, {}, 'x'.repeat(256)], add('name'), 'POST', path, /member\.name.*0 to 255/),
    ...each(['', 'x'.repeat(33), 5], add('project_id'), 'POST', path, /member\.project_id.*1 to 32/),
    ...each(['', 'x'.repeat(37), 5], add('subnet_cidr_id'), 'POST', path, /member\.subnet_cidr_id.*1 to 36/),
    ...each(['yes', 1, {}], add('admin_state_up'), 'POST', path, /member\.admin_state_up.*true or false/),
    wrong('POST', path, create({ availability_zone: 1 }), /member\.availability_zone/),
    wrong(
      'POST',
      path,
      create({ operating_status: 'ONLINE' }),
      /Unrecognized attribute\(s\) 'operating_status'/,
    ),
    wrong('POST', path, create({ id: places.nothing }), /Unrecognized attribute\(s\) 'id'/),
    absent('POST', path, create({ subnet_cidr_id: places.nothing }), /^subnet .* could not be found\.$/),
    absent('POST', path, create({ subnet_cidr_id: seed.networkId }), /^subnet .* could not be found\.$/),
    absent('POST', `/elb/pools/${places.nothing}/members`, create({}), /^pool .* could not be found\.$/),
    absent('POST', '/elb/pools/nonsense/members', create({}), /^pool nonsense could not be found\.$/),
    wrong('POST', path, create({ subnet_cidr_id: seed.subnetCidrId }), /member\.address.*not in the subnet/),
    conflicting(
      'POST',
      path,
      { member: { address: '120.10.10.20', protocol_port: 2100, subnet_cidr_id: seed.subnetCidrId } },
      /already has a member with address 120\.10\.10\.20 and protocol_port 2100/,
    ),
    ...['address', 'subnet_cidr_id', 'ip_version', 'member_type', 'instance_id', 'created_at'].map((key) =>
      wrong('PUT', one, change(key)('x'), new RegExp(`'member\\.${key}': it cannot be changed`)),
    ),
    ...each([-1, 101, '1'], change('weight'), 'PUT', one, /member\.weight.*0 to 100/),
    ...each([0, -1, 65536, null], change('protocol_port'), 'PUT', one, /member\.protocol_port/),
    wrong('PUT', one, change('name')('x'.repeat(256)), /member\.name/),
    wrong('PUT', one, change('colour')('red'), /Unrecognized attribute\(s\) 'colour'/),
    absent('PUT', `${path}/${places.nothing}`, change('weight')(1), /^member .* could not be found\.$/),
    absent('PUT', `/elb/pools/${g.tcpPool}/members/${g.member}`, change('weight')(1), /^member /),
    absent('DELETE', `${path}/${places.nothing}`, undefined, /^member .* could not be found\.$/),
    absent('DELETE', `/elb/pools/${g.tcpPool}/members/${g.member}`, undefined, /^member /),
    absent('GET', `${path}/${'a'.repeat(200)}`, undefined, /^member a+ could not be found\.$/),
    absent('GET', `${path}/%00`, undefined, /could not be found/),
    absent('GET', `${path}/..%2F..%2Fpools`, undefined, /could not be found/),
    wrong(
      'POST',
      `${path}/batch-add`,
      { members: [right, { address: 'x', protocol_port: 1 }] },
      /members\[1\]\.address/,
    ),
    wrong(
      'POST',
      `${path}/batch-add`,
      { members: [{ ...right, id: 'x' }] },
      /Unrecognized attribute\(s\) 'id'/,
    ),
    wrong('POST', `${path}/batch-update`, { members: [{ id: '' }] }, /members\[0\]\.id.*1 to 36/),
    absent('POST', `${path}/batch-update`, { members: [{ id: places.nothing }] }, /^member /),
    wrong('POST', `${path}/batch-delete`, { members: [{ id: g.member, protocol_port: 1 }] }, /members\[0\]/),
    absent('POST', `/elb/pools/${places.nothing}/members/batch-delete`, { members: [{ id: 'x' }] }, /^pool /),
  ];
}
