/** A security policy: the TLS versions and cipher suites of listeners, chosen by their owner (rules digest 2.10). */
import { Type } from 'typebox';
import { cipherNames, protocolsOf, tlsProtocols } from './ciphers.ts';
import { enterpriseProject, identity, naming, timestamps } from './common-fields.ts';
import { invalid } from './errors.ts';
import { field } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { oneOf, Reference } from './schemas.ts';

const Protocols = Type.Array(oneOf(...tlsProtocols));
const Ciphers = Type.Array(oneOf(...cipherNames));

export const securityPolicy = resource({
  name: 'security_policy',
  plural: 'security_policies',
  label: 'security policy',
  table: 'security_policies',
  fields: {
    ...identity,
    ...naming,
    // Of all lists this one is not filtered by enterprise project (rules digest SP-4).
    enterprise_project_id: { ...enterpriseProject.enterprise_project_id, filter: null },
    protocols: field(Protocols, 'The TLS versions.', {
      input: Type.Array(oneOf(...tlsProtocols), { minItems: 1, maxItems: 5 }),
      create: 'required',
      update: 'mutable',
      traffic: true,
      example: ['TLSv1.2', 'TLSv1.3'],
    }),
    ciphers: field(Ciphers, 'The cipher suites; at least one fits the TLS versions.', {
      input: Type.Array(oneOf(...cipherNames), { minItems: 1, maxItems: 30 }),
      create: 'required',
      update: 'mutable',
      traffic: true,
      example: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'TLS_AES_128_GCM_SHA256'],
    }),
    listeners: field(Type.Array(Reference), 'The listeners that use it.', { computed: true }),
    ...timestamps,
  },
  filters: {
    protocols: {
      schema: Type.String(),
      arity: 'many',
      description: 'All its TLS versions in order, with spaces between.',
      match: { kind: 'joined', column: 'protocols', separator: ' ' },
    },
    ciphers: {
      schema: Type.String(),
      arity: 'many',
      description: 'All its cipher suites in order, with colons between.',
      match: { kind: 'joined', column: 'ciphers', separator: ':' },
    },
  },
});

export type SecurityPolicy = RecordOf<(typeof securityPolicy)['fields']>;

/** Refuses a policy by which no handshake could ever succeed. */
export function checkSecurityPolicy({ protocols, ciphers }: SecurityPolicy): void {
  if (ciphers.some((cipher) => protocolsOf(cipher).some((fitting) => protocols.includes(fitting)))) return;
  const fitting = cipherNames.filter((cipher) =>
    protocolsOf(cipher).some((protocol) => protocols.includes(protocol)),
  );
  throw invalid(
    'security_policy.ciphers',
    `none of them fits the protocols ${protocols.join(', ')}; at least one must, as ${fitting.slice(0, 3).join(', ')}.`,
  );
}
