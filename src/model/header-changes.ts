/** The headers that a policy adds to requests or answers, or takes away (rules digest 2.6.3). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orNull } from './field.ts';
import type { ListenerProtocol } from './listener.ts';
import { described, named, oneOf, spelled, strict } from './schemas.ts';

/** More than anybody needs, so that a policy stays small. */
const maxHeaders = 50;

const HeaderName = spelled(
  'letters, digits, "_" and "-"',
  Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$' }),
);

/** Printable ASCII with no space at either end. */
const HeaderValue = spelled(
  'printable ASCII, with no space at either end',
  Type.String({ minLength: 1, maxLength: 128, pattern: '^[!-~]([ -~]*[!-~])?$' }),
);

const InsertedHeader = named(
  'InsertedHeader',
  strict({
    key: described('The name of the header.', HeaderName, 'x-stage'),
    value_type: described(
      'Where its value is from: here, another header, or what is known of the request.',
      oneOf('USER_DEFINED', 'REFERENCE_HEADER', 'SYSTEM_DEFINED'),
    ),
    value: described('The value, the name of the other header, or of what is known.', HeaderValue, 'test'),
  }),
);

const InsertHeadersConfig = named(
  'InsertHeadersConfig',
  strict({
    configs: described('The headers.', Type.Array(InsertedHeader, { maxItems: maxHeaders })),
  }),
);

const RemoveHeadersConfig = named(
  'RemoveHeadersConfig',
  strict({
    configs: described(
      'The headers.',
      Type.Array(strict({ key: described('The name of the header.', HeaderName, 'x-debug') }), {
        maxItems: maxHeaders,
      }),
    ),
  }),
);

/** What is added to and taken from the headers, as the objects that hold both answer it. */
export const headerChanges = {
  insert_headers_config: described('The headers that are added.', orNull(InsertHeadersConfig)),
  remove_headers_config: described('The headers that are taken away.', orNull(RemoveHeadersConfig)),
};

/** The same as a request has it. */
export const headerChangesInput = {
  insert_headers_config: Type.Optional(headerChanges.insert_headers_config),
  remove_headers_config: Type.Optional(headerChanges.remove_headers_config),
};

export interface HeaderChanges {
  readonly insert_headers_config: Static<typeof InsertHeadersConfig> | null;
  readonly remove_headers_config: Static<typeof RemoveHeadersConfig> | null;
}

/** Headers that frame messages, or that the load balancer itself fills in. */
const reserved: ReadonlySet<string> = new Set([
  ...['connection', 'upgrade', 'content-length', 'transfer-encoding', 'keep-alive', 'te', 'host', 'cookie'],
  ...['remoteip', 'authority', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-for-port'],
  ...['x-forwarded-tls-certificate-id', 'x-forwarded-tls-protocol', 'x-forwarded-tls-cipher'],
  ...['x-forwarded-elb-ip', 'x-forwarded-port', 'x-forwarded-elb-id', 'x-forwarded-elb-vip', 'x-real-ip'],
  ...['x-forwarded-proto', 'x-nuwa-trace-ne-in', 'x-nuwa-trace-ne-out'],
]);

const systemValues = [
  ...['CLIENT-PORT', 'CLIENT-IP', 'ELB-PROTOCOL', 'ELB-ID', 'ELB-PORT', 'ELB-EIP', 'ELB-VIP'],
];

/** Known only of connections with TLS. */
const systemValuesOfTls = [
  ...['TLS-PROTOCOL', 'TLS-CIPHER', 'CLIENTCERT-SUBJECTDN', 'CLIENTCERT-ISSUERDN', 'CLIENTCERT-FINGERPRINT'],
  ...['CLIENTCERT-CLIENTVERIFY', 'CLIENTCERT-SERIALNUMBER', 'CLIENTCERT', 'CLIENTCERT-CIPHERS'],
  ...['CLIENTCERT-END', 'TLS-ALPN-PROTOCOL', 'TLS-SNI', 'TLS-JA3', 'TLS-JA4'],
];

/**
 * Refuses reserved headers, and values that there are not.
 *
 * @param path how messages name the object that holds the two lists
 */
export function checkHeaderChanges(
  { insert_headers_config, remove_headers_config }: HeaderChanges,
  protocol: ListenerProtocol,
  path: string,
): void {
  for (const [index, { key, value_type, value }] of (insert_headers_config?.configs ?? []).entries()) {
    const at = `${path}.insert_headers_config.configs[${index}]`;
    checkNotReserved(key, `${at}.key`);
    if (value.toLowerCase() === 'transparent') throw invalid(`${at}.value`, `"${value}" is reserved.`);
    checkNotReserved(value, `${at}.value`);
    if (value_type === 'SYSTEM_DEFINED') checkSystemValue(value, protocol, `${at}.value`);
    if (value_type === 'REFERENCE_HEADER' && !/^[A-Za-z0-9_-]+$/.test(value)) {
      throw invalid(`${at}.value`, `got "${value}", expected the name of a header for REFERENCE_HEADER.`);
    }
  }
  for (const [index, { key }] of (remove_headers_config?.configs ?? []).entries()) {
    checkNotReserved(key, `${path}.remove_headers_config.configs[${index}].key`);
  }
}

function checkNotReserved(name: string, field: string): void {
  if (!reserved.has(name.toLowerCase())) return;
  throw invalid(field, `"${name}" is reserved for the load balancer; name another header.`);
}

function checkSystemValue(value: string, protocol: ListenerProtocol, field: string): void {
  if (systemValues.includes(value)) return;
  const overTls = protocol !== 'HTTP';
  if (overTls && systemValuesOfTls.includes(value)) return;
  const allowed = overTls ? [...systemValues, ...systemValuesOfTls] : systemValues;
  throw invalid(
    field,
    `got "${value}", expected for a listener of protocol ${protocol} one of ${allowed.join(', ')}.`,
  );
}
