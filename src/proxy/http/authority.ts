import { DIGIT, HOST_LITERAL, HOST_NAME } from './characters.ts';

/** Whether the text is a host with an optional port, and neither empty nor with a user (RFC 9110 4.2 and 7.2). */
export function isAuthority(text: string): boolean {
  let position = 0;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close < 2 || !consistsOf(text.slice(1, close), HOST_LITERAL)) return false;
    position = close + 1;
  } else {
    const colon = text.indexOf(':');
    const nameEnd = colon === -1 ? text.length : colon;
    if (nameEnd === 0 || !consistsOf(text.slice(0, nameEnd), HOST_NAME)) return false;
    position = nameEnd;
  }
  if (position === text.length) return true;
  const port = text.slice(position + 1);
  return text[position] === ':' && port.length <= 5 && consistsOf(port, DIGIT) && Number(port) <= 65535;
}

function consistsOf(text: string, allowed: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (allowed[text.charCodeAt(index)] !== 1) return false;
  }
  return true;
}

/** A request target taken apart: whose it is and what the member is asked for. */
export interface AbsoluteTarget {
  readonly authority: string;
  readonly originForm: string;
}

/**
 * RFC 9112 3.2.2: the authority of an absolute target wins over Host, and the member gets the origin form. Null
 * when it is not an http URI.
 */
export function parseAbsoluteTarget(target: string, method: string): AbsoluteTarget | null {
  const match = /^http:\/\/([^/?]*)(.*)$/i.exec(target);
  const authority = match?.[1];
  const rest = match?.[2];
  if (authority === undefined || rest === undefined || !isAuthority(authority)) return null;
  if (rest.startsWith('/')) return { authority, originForm: rest };
  // RFC 9112 3.2.4: OPTIONS without a path asks the member itself.
  if (rest === '') return { authority, originForm: method === 'OPTIONS' ? '*' : '/' };
  return { authority, originForm: `/${rest}` };
}
