/** A certificate: what listeners show to their clients, or ask of them (rules digest 2.8). */
import { Type } from 'typebox';
import { enterpriseProject, identity, naming, protection, timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { oneOf, Timestamp } from './schemas.ts';

/** Newer than the official SDKs’ 20,000 (rules digest C13). */
const Pem = Type.String({ minLength: 1, maxLength: 65536 });
const KeyPem = Type.String({ minLength: 1, maxLength: 8192 });

/** How a PEM looks, for the examples of the documentation. */
const pemOf = (label: string) => `-----BEGIN ${label}-----\nMII…\n-----END ${label}-----\n`;

const set = { create: 'optional', update: 'mutable', nullable: true } as const;
/** A private key has no column: what is stored is its sealed form. */
const key = { ...set, input: KeyPem, computed: true, secret: true } as const;

export const certificate = resource({
  name: 'certificate',
  plural: 'certificates',
  label: 'certificate',
  table: 'certificates',
  fields: {
    ...identity,
    id: field(Type.String(), 'The certificate’s id, 32 hexadecimal digits given by the service.', {
      filter: 'many',
    }),
    ...naming,
    ...enterpriseProject,
    admin_state_up: field(Type.Boolean(), 'Has no effect.', {
      create: 'optional',
      nullable: true,
      default: true,
      filter: 'one',
    }),
    type: field(
      oneOf('server', 'client', 'server_sm'),
      'server for listeners, client for the CA of their clients, server_sm for the two pairs of a SM2 server.',
      { create: 'optional', nullable: true, default: 'server', filter: 'many', example: 'server' },
    ),
    certificate: field(
      Type.String(),
      'PEM: the certificate, then each that issued the one before, at most 11. Required.',
      { ...set, input: Pem, traffic: true, example: pemOf('CERTIFICATE') },
    ),
    private_key: field(
      orNull(Type.String()),
      'PEM without a password, RSA or EC; required but for type client. ****** while its echo is off.',
      { ...key, example: pemOf('PRIVATE KEY'), traffic: true },
    ),
    enc_certificate: field(orNull(Type.String()), 'The certificate for encryption of type server_sm.', {
      ...set,
      input: Pem,
      traffic: true,
    }),
    enc_private_key: field(orNull(Type.String()), 'The private key of enc_certificate.', {
      ...key,
      traffic: true,
    }),
    sealed_private_key: field(orNull(Type.String()), 'The private key, encrypted.', {
      answered: false,
      secret: true,
    }),
    sealed_enc_private_key: field(orNull(Type.String()), 'The private key of enc_certificate, encrypted.', {
      answered: false,
      secret: true,
    }),
    domain: field(
      orNull(Type.String()),
      'The names, with commas between, by which sni_container_refs find it; *.example.com is one label more.',
      {
        ...set,
        input: Type.String({ maxLength: 10000 }),
        filter: 'many',
        traffic: true,
        example: 'www.example.com',
      },
    ),
    scm_certificate_id: field(orNull(Type.String({ maxLength: 64 })), 'Noted, and never looked up.', {
      ...set,
      filter: 'many',
    }),
    source: field(oneOf('', 'scm'), 'scm when there is a scm_certificate_id, unless told otherwise.', {
      ...set,
      filter: 'many',
    }),
    common_name: field(orNull(Type.String()), 'The common name of its subject.', { filter: 'many' }),
    subject_alternative_names: field(Type.Array(Type.String()), 'The names and addresses it is for.'),
    fingerprint: field(orNull(Type.String()), 'SHA-1, in hexadecimal digits.', { filter: 'many' }),
    expire_time: field(Timestamp, 'When it expires, UTC.'),
    ...protection,
    protection_reason: { ...protection.protection_reason, filter: 'many' },
    ...timestamps,
  },
});

export type Certificate = RecordOf<(typeof certificate)['fields']>;

/** The private keys of a certificate, in plain text. */
export type PrivateKeys = Pick<Certificate, 'private_key' | 'enc_private_key'>;
