/** Where a policy of action REDIRECT_TO_URL sends clients (rules digest 2.6.4). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut } from './field.ts';
import { checkHeaderChanges, headerChanges, headerChangesInput } from './header-changes.ts';
import type { Listener } from './listener.ts';
import { madeWhole, type PartsOf, said } from './made-whole.ts';
import { described, named, oneOf, strict } from './schemas.ts';
import { asRequested, RedirectPath, RedirectQuery, UrlHost, UrlPort, urlOfRequest } from './url-patterns.ts';

const Protocol = oneOf('HTTP', 'HTTPS', asRequested('protocol'));
const ProtocolInput = oneOf('HTTP', 'HTTPS', asRequested('protocol'), '');
const StatusCode = oneOf('301', '302', '303', '307', '308');

const status_code = described('The status of the answer; required at first.', StatusCode, '302');
const means = {
  protocol: `The protocol; ${asRequested('protocol')} for the request’s own.`,
  host: `The host; ${asRequested('host')} for the request’s own.`,
  port: `The port; ${asRequested('port')} for the request’s own.`,
  path: `The path; ${asRequested('path')} and the like stand for parts of the request.`,
  query: `The query; ${asRequested('query')} and the like stand for parts of the request.`,
} as const;

export const RedirectUrl = named(
  'RedirectUrl',
  Type.Object({
    protocol: described(means.protocol, Protocol),
    host: described(means.host, Type.String()),
    port: described(means.port, Type.String()),
    path: described(means.path, Type.String()),
    query: described(means.query, Type.String()),
    status_code,
    ...headerChanges,
  }),
);

export const RedirectUrlInput = named(
  'NewRedirectUrl',
  strict({
    protocol: orLeftOut(described(means.protocol, ProtocolInput)),
    host: orLeftOut(described(means.host, UrlHost, 'www.example.com')),
    port: orLeftOut(described(means.port, UrlPort)),
    path: orLeftOut(described(means.path, RedirectPath)),
    query: orLeftOut(described(means.query, RedirectQuery)),
    status_code: Type.Optional(status_code),
    ...headerChangesInput,
  }),
);

type RedirectUrl = Static<typeof RedirectUrl>;

const field = 'l7policy.redirect_url_config';

/** Parts that a request leaves out stay as they were, or are those of the redirected request. */
export function redirectUrl(before: RedirectUrl | null, asked: PartsOf<RedirectUrl>): RedirectUrl {
  const status_code = asked.status_code ?? before?.status_code;
  if (!status_code) throw invalid(`${field}.status_code`, 'it is required: 301, 302, 303, 307 or 308.');
  const start: RedirectUrl = {
    ...{ protocol: asRequested('protocol'), port: asRequested('port'), ...urlOfRequest },
    ...{ status_code, insert_headers_config: null, remove_headers_config: null },
  };
  return madeWhole(start, before, { ...said(asked, ['protocol', 'host', 'port', 'path']), status_code });
}

/** Refuses what would send clients back to where they came from. */
export function checkRedirectUrl(config: RedirectUrl, listener: Listener): void {
  const { protocol, host, port, path } = config;
  const sameHostAndPath = host === urlOfRequest.host && path === urlOfRequest.path;
  const listenerProtocol = listener.protocol === 'HTTP' ? 'HTTP' : 'HTTPS';
  const sameProtocol = protocol === asRequested('protocol') || protocol === listenerProtocol;
  const samePort = port === asRequested('port') || Number(port) === listener.protocol_port;
  if (sameHostAndPath && sameProtocol && samePort) {
    throw invalid(
      field,
      'clients would be sent to where they are; give another host or path, or a protocol and port that are not ' +
        `those of the listener (${listenerProtocol}, ${listener.protocol_port}).`,
    );
  }
  checkHeaderChanges(config, listener.protocol, field);
}
