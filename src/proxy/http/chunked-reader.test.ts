import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedReader } from './chunked-reader.ts';

interface Reading {
  readonly output: string;
  readonly consumed: number;
  readonly isDone: boolean;
  readonly isMalformed: boolean;
}

/** Reads the bytes in pieces of these sizes, then whatever is left. */
function read(bytes: string, sizes: readonly number[], keepsFraming: boolean): Reading {
  const reader = new ChunkedReader(keepsFraming);
  const pieces: Buffer[] = [];
  let position = 0;
  for (const size of [...sizes, bytes.length]) {
    const piece = Buffer.from(bytes.slice(position, position + size), 'latin1');
    const end = reader.read(piece, 0, piece.length, pieces);
    if (end === -1) return { output: '', consumed: -1, isDone: false, isMalformed: true };
    position += end;
    if (reader.isDone) break;
  }
  return {
    output: Buffer.concat(pieces).toString('latin1'),
    consumed: position,
    isDone: reader.isDone,
    isMalformed: false,
  };
}

const chunk = fc
  .tuple(fc.string({ minLength: 1, maxLength: 30 }), fc.constantFrom('', ';a', ';a=b', ';a="b;\\"c"'))
  .map(([data, extension]) => ({
    data,
    sent: `${data.length.toString(16)}${extension}\r\n${data}\r\n`,
    forwarded: `${data.length.toString(16)}\r\n${data}\r\n`,
  }));
const trailer = fc.constantFrom('', 'X-A: b\r\n', 'X-A: b\r\nX-B: c\r\n');
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 200 });

test('a body is read alike however it is cut, and what follows it is left alone', () => {
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 5 }),
      trailer,
      cuts,
      fc.string(),
      (chunks, fields, sizes, next) => {
        const body = `${chunks.map(({ sent }) => sent).join('')}0\r\n${fields}\r\n`;
        const framed = read(body + next, sizes, true);
        assert.equal(framed.output, `${chunks.map(({ forwarded }) => forwarded).join('')}0\r\n${fields}\r\n`);
        assert.equal(framed.consumed, body.length);
        const plain = read(body + next, sizes, false);
        assert.equal(plain.output, chunks.map(({ data }) => data).join(''));
        assert.equal(plain.consumed, body.length);
      },
    ),
  );
});

test('a damaged body is judged alike however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(chunk, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.constantFrom('\r', '\n', ';', ' ', 'x', '\0', '"'),
      cuts,
      (chunks, at, byte, sizes) => {
        const body = `${chunks.map(({ sent }) => sent).join('')}0\r\n\r\n`;
        const position = at % body.length;
        const damaged = body.slice(0, position) + byte + body.slice(position + 1);
        const whole = read(damaged, [], true);
        const cut = read(damaged, sizes, true);
        assert.deepEqual(cut, whole);
      },
    ),
  );
});

test('a body that was forwarded is forwarded as it is', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 5 }), trailer, (chunks, fields) => {
      const once = read(`${chunks.map(({ sent }) => sent).join('')}0\r\n${fields}\r\n`, [], true).output;
      assert.equal(read(once, [], true).output, once);
    }),
  );
});
