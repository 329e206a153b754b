import { COLON, HTAB, SP, TOKEN } from './characters.ts';
import { type FieldKind, fieldKind } from './field-kind.ts';
import { isNamed, spellsLoosely } from './field-name.ts';
import { FIELD_COUNT } from './limits.ts';

/** Why a header block was not accepted. */
export const FieldFault = { NONE: 0, MALFORMED: 1, TOO_MANY: 2 } as const;
export type FieldFault = (typeof FieldFault)[keyof typeof FieldFault];

/**
 * The fields of one header block, as positions in its bytes. Filled and read synchronously, so one table
 * serves every connection; nothing in it outlives the call that filled it.
 */
export class FieldTable {
  buffer: Buffer = Buffer.alloc(0);
  count = 0;
  readonly kinds = new Uint8Array(FIELD_COUNT);
  /** lineStarts[count] is where the empty line begins. */
  readonly lineStarts = new Int32Array(FIELD_COUNT + 1);
  readonly nameEnds = new Int32Array(FIELD_COUNT);
  readonly valueStarts = new Int32Array(FIELD_COUNT);
  readonly valueEnds = new Int32Array(FIELD_COUNT);

  /**
   * Takes apart the block buffer[start, end), which BlockScanner accepted, empty line included.
   * Refuses what parsers are known to read differently: folded lines, space before the colon, names that are
   * no tokens (RFC 9112 5.1 and 5.2).
   */
  fill(buffer: Buffer, start: number, end: number): FieldFault {
    this.buffer = buffer;
    this.count = 0;
    let position = start;
    const blockEnd = end - 2;
    while (position < blockEnd) {
      if (this.count === FIELD_COUNT) return FieldFault.TOO_MANY;
      const lineStart = position;
      while (TOKEN[buffer[position] as number] === 1) position += 1;
      if (position === lineStart || buffer[position] !== COLON) return FieldFault.MALFORMED;
      const nameEnd = position;
      const lineEnd = buffer.indexOf(0x0d, position);
      position += 1;
      while (position < lineEnd && isBlank(buffer[position] as number)) position += 1;
      let valueEnd = lineEnd;
      while (valueEnd > position && isBlank(buffer[valueEnd - 1] as number)) valueEnd -= 1;
      const index = this.count;
      this.kinds[index] = fieldKind(buffer, lineStart, nameEnd);
      this.lineStarts[index] = lineStart;
      this.nameEnds[index] = nameEnd;
      this.valueStarts[index] = position;
      this.valueEnds[index] = valueEnd;
      this.count = index + 1;
      position = lineEnd + 2;
    }
    this.lineStarts[this.count] = blockEnd;
    return FieldFault.NONE;
  }

  kindAt(index: number): FieldKind {
    return this.kinds[index] as FieldKind;
  }

  nameAt(index: number): string {
    return this.buffer.toString('latin1', this.lineStarts[index], this.nameEnds[index]);
  }

  valueAt(index: number): string {
    return this.buffer.toString('latin1', this.valueStarts[index], this.valueEnds[index]);
  }

  /** Whether the field in this row has this name, given in lower case. */
  hasName(index: number, name: string): boolean {
    const start = this.lineStarts[index] as number;
    return name.length === (this.nameEnds[index] as number) - start && isNamed(this.buffer, start, name);
  }

  /** The same with `_` for `-`: gateways such as CGI give the application both under one name. */
  hasNameLike(index: number, name: Uint8Array): boolean {
    const start = this.lineStarts[index] as number;
    return (
      name.length === (this.nameEnds[index] as number) - start && spellsLoosely(this.buffer, start, name)
    );
  }

  /** How many fields are of this kind. */
  countOf(kind: FieldKind): number {
    let found = 0;
    for (let index = 0; index < this.count; index += 1) if (this.kinds[index] === kind) found += 1;
    return found;
  }

  /** The values of all fields of this kind in one list (RFC 9110 5.3), or null without one. */
  joined(kind: FieldKind): string | null {
    let list: string | null = null;
    for (let index = 0; index < this.count; index += 1) {
      if (this.kinds[index] !== kind) continue;
      list = list === null ? this.valueAt(index) : `${list}, ${this.valueAt(index)}`;
    }
    return list;
  }
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB;
}
