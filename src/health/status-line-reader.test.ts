import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StatusLineReader } from './status-line-reader.ts';

/** What the reader says of a text that comes in pieces cut at these places; it stops at the first answer. */
function read(text: string, cuts: readonly number[] = []) {
  const reader = new StatusLineReader();
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, text.length]) {
    const outcome = from < to ? reader.push(text.slice(from, to)) : undefined;
    if (outcome !== undefined) {
      return outcome;
    }
    from = to;
  }
  return undefined;
}

const head = fc
  .record({
    version: fc.constantFrom('1.0', '1.1'),
    code: fc.integer({ min: 200, max: 599 }),
    reason: fc.constantFrom('', ' ', ' OK', ' Not Found', ' caf\xe9'),
    fields: fc.array(fc.constantFrom('Content-Length: 5', 'X: y', 'Server: HTTP/1.1 500'), { maxLength: 4 }),
    interim: fc.array(
      fc.constantFrom('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ version, code, reason, fields, interim }) => ({
    code,
    text: `${interim.join('')}HTTP/${version} ${code}${reason}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`,
  }));
const cuts = fc.array(fc.nat(400), { maxLength: 20 });

describe('the status line reader', () => {
  it('finds the final code of any head, however it is cut into pieces', () => {
    fc.assert(
      fc.property(head, cuts, fc.string(), ({ code, text }, places, body) => {
        assert.equal(read(text + body, places), code);
      }),
    );
  });

  it('wants more as long as the head is not complete', () => {
    fc.assert(
      fc.property(head, fc.nat(), cuts, ({ text }, length, places) => {
        assert.equal(read(text.slice(0, length % text.length), places), undefined);
      }),
    );
  });

  it('says the same of any bytes, however they are cut into pieces', () => {
    const pieces = fc.constantFrom(
      'HTTP/1.1',
      ' ',
      '200',
      '\r\n',
      '\r\n\r\n',
      'HTTP/1.',
      '\n',
      'x',
      '\0',
      ':',
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((list) => list.join('')),
        cuts,
        (text, places) => {
          assert.equal(read(text, places), read(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('refuses what is not an HTTP/1 answer as soon as it can tell', () => {
    for (const text of [
      'S',
      'HTTP/2',
      'http/1.1',
      '\r\n',
      'HTTP/1.1\r\n',
      'HTTP/1.1 20\r\n',
      'HTTP/1.1  200 OK\r\n',
    ]) {
      assert.equal(read(text), 'malformed', JSON.stringify(text));
    }
    for (const text of [
      'HTTP/1.2 200 OK\r\n',
      'HTTP/1.1 999 X\r\n',
      'HTTP/1.1 200OK\r\n',
      'HTTP/1.1 101 X\r\n',
    ]) {
      assert.equal(read(text), 'malformed', JSON.stringify(text));
    }
  });

  it('reads a bounded part of an endless answer', () => {
    const endless = 'x'.repeat(16 * 1024);
    assert.equal(read(`HTTP/1.1 204 No Content\r\n${endless}`), 204);
    assert.equal(read(`HTTP/1.1 200 ${endless}`), 'malformed');
    assert.equal(read('HTTP/1.1 100 Continue\r\n\r\n'.repeat(700)), 'malformed');
  });
});
