/** Reads a JSON or YAML body: UTF-8, and text that every database and client can hold. */
import { isUtf8 } from 'node:buffer';
import { parse as parseYaml } from 'yaml';
import { invalid } from '../model/errors.ts';

/** A surrogate or a NUL can only come in as an escape; any other body needs no second look. */
const doubtfulEscape = /\\u(?:[dD][89a-fA-F]|0000)/;

const maxDepth = 64;

/**
 * @throws Refusal that says what is wrong with the body
 */
export function readJsonBody(bytes: Buffer): unknown {
  const text = textOf(bytes);
  const body = parse(text);
  checkDepth(body);
  if (doubtfulEscape.test(text)) checkTexts(body);
  return body;
}

/**
 * A YAML document as the JSON it stands for.
 *
 * @throws Refusal that says what is wrong with the body
 */
export function readYamlBody(bytes: Buffer): unknown {
  const text = textOf(bytes);
  let body: unknown;
  try {
    // Without warnings on standard error for what a caller sends.
    body = parseYaml(text, { logLevel: 'error', schema: 'core' });
  } catch (error) {
    throw invalid(
      'body',
      `it is not YAML: ${(error as Error).message.split('\n')[0]?.slice(0, 120).replace(/:$/, '')}.`,
    );
  }
  checkDepth(body);
  checkTexts(body);
  return body;
}

function textOf(bytes: Buffer): string {
  if (bytes.length === 0) throw invalid('body', 'it is empty; expected an object.');
  if (!isUtf8(bytes)) throw invalid('body', 'it is not UTF-8 text.');
  return bytes.toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('body', `it is not JSON: ${(error as Error).message.slice(0, 120)}.`);
  }
}

/**
 * Refuses a body nested deeper than any documented one, by far: what shows or compares its parts does so by recursion.
 * Looks level by level, since it may be deep without end.
 */
function checkDepth(body: unknown): void {
  let level = [body].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxDepth) throw invalid('body', `it is nested more than ${maxDepth} levels deep.`);
    level = level.flatMap((each) => Object.values(each).filter(isContainer));
  }
}

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === 'object';
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
