/** The certificates, IP groups and security policies of a generated project. */
import { readFileSync } from 'node:fs';
import { type Certificate, certificate } from '../../src/model/certificate.ts';
import { cipherNames, tlsProtocols } from '../../src/model/ciphers.ts';
import { type IpGroup, ipGroup } from '../../src/model/ip-group.ts';
import { draft } from '../../src/model/resource.ts';
import { type SecurityPolicy, securityPolicy } from '../../src/model/security-policy.ts';
import type { Maker } from './maker.ts';

const pem = (name: string) => readFileSync(new URL(`../../test/data/${name}`, import.meta.url), 'utf8');

export function makeCertificate(maker: Maker): Certificate {
  const { chance, secrets } = maker;
  const birth = maker.birth();
  const id = birth.id.replaceAll('-', '');
  const isClient = chance.happens(0.1);
  const number = chance.below(100_000);
  const scm = chance.happens(0.2) ? `scs${chance.hex(12)}` : null;
  return {
    ...draft(certificate, {}),
    ...birth,
    id,
    name: maker.name('cert'),
    description: maker.description(),
    enterprise_project_id: maker.enterpriseProject(),
    type: isClient ? 'client' : 'server',
    certificate: pem(isClient ? 'ca.pem' : 'leaf.pem'),
    sealed_private_key: isClient ? null : secrets.seal(pem('leaf.key.pem'), `certificate ${id} private_key`),
    domain: isClient ? null : `*.shop-${number}.example`,
    scm_certificate_id: scm,
    source: scm ? 'scm' : '',
    common_name: `shop-${number}.example`,
    subject_alternative_names: [`shop-${number}.example`, `*.shop-${number}.example`],
    fingerprint: chance.hex(40),
    expire_time: '2030-01-01T00:00:00Z',
    ...maker.protection(),
  };
}

export function makeIpGroup(maker: Maker): IpGroup {
  const { chance } = maker;
  const entries = Array.from({ length: 1 + chance.below(20) }, (_, index) => ({
    ip: chance.happens(0.2)
      ? `10.${chance.below(256)}.0.0/16`
      : `10.${index}.${chance.below(256)}.${chance.below(256)}`,
    description: maker.description(),
  }));
  return {
    ...draft(ipGroup, {}),
    ...maker.birth(),
    name: maker.name('group'),
    description: maker.description(),
    enterprise_project_id: maker.enterpriseProject(),
    ip_list: [...new Map(entries.map((entry) => [entry.ip, entry])).values()],
  };
}

export function makeSecurityPolicy(maker: Maker): SecurityPolicy {
  const { chance } = maker;
  const ciphers = cipherNames.filter(() => chance.happens(0.3));
  return {
    ...draft(securityPolicy, {}),
    ...maker.birth(),
    name: maker.name('policy'),
    description: maker.description(),
    enterprise_project_id: maker.enterpriseProject(),
    protocols: chance.happens(0.5) ? ['TLSv1.2', 'TLSv1.3'] : [chance.pick(tlsProtocols)],
    ciphers: ciphers.length > 0 ? ciphers : [cipherNames[0]],
  };
}
