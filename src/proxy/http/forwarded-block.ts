import type { FieldTable } from './field-table.ts';

/**
 * Builds a header block from the fields worth keeping, byte for byte as they came, between `before` and `after`
 * (whole lines, latin1). Runs of kept lines are copied at once; no field becomes a string.
 */
export function keptLines(
  fields: FieldTable,
  isKept: (index: number) => boolean,
  before: string,
  after: string,
): Buffer {
  const blockStart = fields.lineStarts[0] as number;
  const blockEnd = fields.lineStarts[fields.count] as number;
  const block = Buffer.allocUnsafe(before.length + (blockEnd - blockStart) + after.length);
  let length = block.write(before, 'latin1');
  let runStart = -1;
  for (let index = 0; index <= fields.count; index += 1) {
    const kept = index < fields.count && isKept(index);
    if (kept && runStart === -1) runStart = fields.lineStarts[index] as number;
    if (!kept && runStart !== -1) {
      length += fields.buffer.copy(block, length, runStart, fields.lineStarts[index]);
      runStart = -1;
    }
  }
  length += block.write(after, length, 'latin1');
  return block.subarray(0, length);
}
