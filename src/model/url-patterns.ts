/** What the parts of URLs that policies make may be written with (rules digest 2.6.3 and 2.6.4). */
import { Type } from 'typebox';
import { spelled } from './schemas.ts';

/** Filled in from the request. */
const placeholder = '\\$\\{(protocol|host|port|path|query)\\}';
const placeholders = ['protocol', 'host', 'port', 'path', 'query'].map(asRequested).join(', ');

const pathSymbols = "_~';@^-%#&$.+?,=!:|/()";
/** The path of a redirect may have more of them than that of a rewritten request. */
const redirectPathSymbols = `${pathSymbols}*[]{}`;
const querySymbols = "!$&'()+,-./:;=?@^_`";
const redirectQuerySymbols = `${querySymbols}*`;

/** The class of letters, digits and symbols, as patterns have it. */
function anyOf(symbols: string): string {
  return `[A-Za-z0-9${symbols.replace(/[\\\]^[-]/g, '\\$&')}]`;
}

/** A part of a URL, whole from the request or of the given characters, with placeholders between. */
function urlPart(words: string, pattern: string) {
  return spelled(words, Type.String({ maxLength: 128, pattern }));
}

export const UrlHost = urlPart(
  `${asRequested('host')}, or letters, digits, "." and "-", the first a letter or a digit`,
  '^(\\$\\{host\\}|[A-Za-z0-9][A-Za-z0-9.-]*)?$',
);

export const UrlPort = spelled(
  `${asRequested('port')}, or a port from 1 to 65535`,
  Type.String({
    maxLength: 16,
    pattern:
      '^(\\$\\{port\\}|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])?$',
  }),
);

export const RedirectPath = urlPart(
  `${asRequested('path')}, or "/" and then letters, digits and any of ${redirectPathSymbols}`,
  `^(\\$\\{path\\}|/${anyOf(redirectPathSymbols)}*)?$`,
);
export const RedirectQuery = urlPart(
  `letters, digits, ${placeholders} and any of ${redirectQuerySymbols}`,
  `^(${anyOf(redirectQuerySymbols)}|${placeholder})*$`,
);

export const RewritePath = urlPart(
  `${asRequested('path')}, or "/" and then letters, digits, ${placeholders} and any of ${pathSymbols}`,
  `^(\\$\\{path\\}|/(${anyOf(pathSymbols)}|${placeholder})*)?$`,
);
export const RewriteQuery = urlPart(
  `letters, digits, ${placeholders} and any of ${querySymbols}`,
  `^(${anyOf(querySymbols)}|${placeholder})*$`,
);

/** A placeholder: the part of a URL as the request has it. */
export function asRequested<const P extends string>(part: P) {
  return `$\{${part}}` as const;
}

/** The parts that leave the request’s own as they are. */
export const urlOfRequest = {
  host: asRequested('host'),
  path: asRequested('path'),
  query: asRequested('query'),
} as const;
