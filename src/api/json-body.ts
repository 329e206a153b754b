/** Reads a JSON body: UTF-8, and text that every database and client can hold. */
import { isUtf8 } from 'node:buffer';
import { invalid } from '../model/errors.ts';

/** A surrogate or a NUL can only come in as an escape; any other body needs no second look. */
const doubtfulEscape = /\\u(?:[dD][89a-fA-F]|0000)/;

/**
 * @throws Refusal that says what is wrong with the body
 */
export function readJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalid('body', 'it is empty; send a JSON object.');
  if (!isUtf8(bytes)) throw invalid('body', 'it is not UTF-8 text.');
  const text = bytes.toString();
  const body = parse(text);
  if (doubtfulEscape.test(text)) checkTexts(body);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('body', `it is not JSON: ${(error as Error).message.slice(0, 120)}.`);
  }
}

/** Refuses text that is no Unicode, or has a NUL in it. Walks without recursion, however deep the body is. */
function checkTexts(body: unknown): void {
  const waiting = [body];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') {
      if (!value.isWellFormed())
        throw invalid('body', 'a text in it has half a surrogate pair, which is no Unicode.');
      if (value.includes('\0'))
        throw invalid('body', 'a text in it has a NUL character (\\u0000); leave it out.');
    } else if (value !== null && typeof value === 'object') {
      waiting.push(...Object.keys(value), ...Object.values(value));
    }
  }
}
