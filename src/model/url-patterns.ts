/** What the parts of URLs that policies make may be written with (rules digest 2.6.3 and 2.6.4). */
import { Type } from 'typebox';

/** Filled in from the request. */
const placeholder = '\\$\\{(protocol|host|port|path|query)\\}';

const pathCharacters = "A-Za-z0-9_~';@^\\-%#&$.+?,=!:|/()";
const queryCharacters = "A-Za-z0-9!$&'()+,\\-./:;=?@^_`";

/** A part of a URL, whole from the request or of the given characters, with placeholders between. */
function urlPart(pattern: string, minLength: number) {
  return Type.String({ minLength, maxLength: 128, pattern });
}

export const UrlHost = urlPart('^(\\$\\{host\\}|[A-Za-z0-9][A-Za-z0-9.-]*)$', 1);

export const UrlPort = Type.String({
  minLength: 1,
  maxLength: 16,
  pattern:
    '^(\\$\\{port\\}|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
});

/** The path of a redirect, which may have more characters than that of a rewritten request. */
export const RedirectPath = urlPart(`^(\\$\\{path\\}|/[${pathCharacters}*\\[\\]{}]*)$`, 1);
export const RedirectQuery = urlPart(`^([${queryCharacters}*]|${placeholder})*$`, 0);

export const RewritePath = urlPart(`^(\\$\\{path\\}|/([${pathCharacters}]|${placeholder})*)$`, 1);
export const RewriteQuery = urlPart(`^([${queryCharacters}]|${placeholder})*$`, 0);

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
