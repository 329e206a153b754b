/** The security policies that every project has, by the names that `tls_ciphers_policy` takes (rules digest 2.10.1). */
import { type Static, Type } from 'typebox';
import { described, named } from './schemas.ts';

const ecdsa = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
];
const ecdsaSha1 = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA'];
const rsaGcm = ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256'];
const staticGcm = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384'];
const staticSha2 = ['AES128-SHA256', 'AES256-SHA256'];
const rsaSha1 = ['ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA'];
const staticSha1 = ['AES128-SHA', 'AES256-SHA'];
const tls13 = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];
const legacy = [
  'DHE-RSA-AES128-SHA',
  'DHE-DSS-AES128-SHA',
  'CAMELLIA128-SHA',
  'EDH-RSA-DES-CBC3-SHA',
  'DES-CBC3-SHA',
  'ECDHE-RSA-RC4-SHA',
  'RC4-SHA',
  'DHE-RSA-AES256-SHA',
  'DHE-DSS-AES256-SHA',
  'DHE-RSA-CAMELLIA256-SHA',
  'DHE-DSS-CAMELLIA256-SHA',
  'CAMELLIA256-SHA',
  'EDH-DSS-DES-CBC3-SHA',
  'DHE-RSA-CAMELLIA128-SHA',
  'DHE-DSS-CAMELLIA128-SHA',
];

const strict = [
  ...ecdsa,
  ...rsaGcm,
  ...staticGcm,
  'ECDHE-RSA-AES128-SHA256',
  ...staticSha2,
  'ECDHE-RSA-AES256-SHA384',
];
const full = [
  ...ecdsa,
  ...ecdsaSha1,
  ...rsaGcm,
  ...staticGcm,
  'ECDHE-RSA-AES128-SHA256',
  ...staticSha2,
  'ECDHE-RSA-AES256-SHA384',
  ...rsaSha1,
  ...staticSha1,
];
const forwardSecret = [...ecdsa, ...rsaGcm, 'ECDHE-RSA-AES128-SHA256', 'ECDHE-RSA-AES256-SHA384'];

export interface SystemSecurityPolicy {
  readonly name: string;
  /** Best first, as are the ciphers. */
  readonly protocols: readonly string[];
  readonly ciphers: readonly string[];
}

export const systemSecurityPolicies: readonly SystemSecurityPolicy[] = [
  policy('tls-1-0', 'TLSv1.2 TLSv1.1 TLSv1', full),
  policy('tls-1-0-inherit', 'TLSv1.2 TLSv1.1 TLSv1', [...full, ...legacy]),
  policy('tls-1-1', 'TLSv1.2 TLSv1.1', full),
  policy('tls-1-2', 'TLSv1.2', full),
  policy('tls-1-2-strict', 'TLSv1.2', strict),
  policy('tls-1-2-fs', 'TLSv1.2', forwardSecret),
  policy('tls-1-0-with-1-3', 'TLSv1.3 TLSv1.2 TLSv1.1 TLSv1', [...full, ...tls13]),
  policy('tls-1-2-fs-with-1-3', 'TLSv1.3 TLSv1.2', [...forwardSecret, ...tls13]),
  policy('hybrid-policy-1-0', 'TLSv1.2 TLSv1.1', full),
  policy('tls-1-2-strict-no-cbc', 'TLSv1.2', [...ecdsa.slice(0, 2), ...rsaGcm]),
];

/** A system policy as answered. */
export const SystemSecurityPolicyAnswer = named(
  'SystemSecurityPolicy',
  Type.Object({
    name: described('As tls_ciphers_policy has it.', Type.String()),
    protocols: Type.String({ description: 'With spaces between.' }),
    ciphers: Type.String({ description: 'With colons between.' }),
    project_id: described('The project that asks.', Type.String()),
  }),
);

/** The system policies as a project sees them. */
export function systemPolicyAnswers(project_id: string): Static<typeof SystemSecurityPolicyAnswer>[] {
  return systemSecurityPolicies.map(({ name, protocols, ciphers }) => ({
    name,
    protocols: protocols.join(' '),
    ciphers: ciphers.join(':'),
    project_id,
  }));
}

function policy(name: string, protocols: string, ciphers: readonly string[]): SystemSecurityPolicy {
  return { name, protocols: protocols.split(' '), ciphers };
}
