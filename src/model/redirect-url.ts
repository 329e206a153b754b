/** Where a policy of action REDIRECT_TO_URL sends clients (rules digest 2.6.4). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut, orNull } from './field.ts';
import { checkHeaderChanges, InsertHeadersConfig, RemoveHeadersConfig } from './header-changes.ts';
import type { Listener } from './listener.ts';
import { madeWhole, type PartsOf } from './made-whole.ts';
import { oneOf, strict } from './schemas.ts';
import { asRequested, RedirectPath, RedirectQuery, UrlHost, UrlPort, urlOfRequest } from './url-patterns.ts';

const Protocol = oneOf('HTTP', 'HTTPS', asRequested('protocol'));
const StatusCode = oneOf('301', '302', '303', '307', '308');

export const RedirectUrl = Type.Object({
  protocol: Protocol,
  host: Type.String(),
  port: Type.String(),
  path: Type.String(),
  query: Type.String(),
  status_code: StatusCode,
  insert_headers_config: orNull(InsertHeadersConfig),
  remove_headers_config: orNull(RemoveHeadersConfig),
});

export const RedirectUrlInput = strict({
  protocol: orLeftOut(Protocol),
  host: orLeftOut(UrlHost),
  port: orLeftOut(UrlPort),
  path: orLeftOut(RedirectPath),
  query: orLeftOut(RedirectQuery),
  status_code: Type.Optional(StatusCode),
  insert_headers_config: orLeftOut(InsertHeadersConfig),
  remove_headers_config: orLeftOut(RemoveHeadersConfig),
});

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
  return madeWhole(start, before, { ...asked, status_code });
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
