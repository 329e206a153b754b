import { FieldKind } from './field-kind.ts';
import { spells } from './field-name.ts';
import type { FieldTable } from './field-table.ts';

/** The options of the Connection fields: whether it persists, and which other fields end here (RFC 9110 7.6.1). */
export class ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  readonly #named: readonly Uint8Array[];

  constructor(fields: FieldTable) {
    const list = fields.joined(FieldKind.CONNECTION);
    const options = list === null ? [] : list.toLowerCase().split(',').map(trim);
    this.close = options.includes('close');
    this.keepAlive = options.includes('keep-alive');
    this.upgrade = options.includes('upgrade');
    this.#named = options.filter(isFieldName).map((option) => Buffer.from(option, 'latin1'));
  }

  /** Whether the connection lasts beyond this message, by its sender's minor version (RFC 9112 9.3). */
  persists(minor: number): boolean {
    return !this.close && (minor === 1 || this.keepAlive);
  }

  /** Whether the field in this row is named as meant for this connection only. */
  names(fields: FieldTable, index: number): boolean {
    if (this.#named.length === 0) return false;
    const start = fields.lineStarts[index] as number;
    const length = (fields.nameEnds[index] as number) - start;
    for (const name of this.#named) {
      if (name.length === length && spells(fields.buffer, start, name)) return true;
    }
    return false;
  }
}

const trim = (text: string): string => text.trim();

const PLAIN_OPTIONS = new Set(['', 'close', 'keep-alive', 'upgrade', 'te']);

// Framing, Host and Expect concern every recipient: naming them must not make them disappear on the way.
const NEVER_DROPPED = new Set(['host', 'content-length', 'transfer-encoding', 'expect']);

const isFieldName = (option: string): boolean => !PLAIN_OPTIONS.has(option) && !NEVER_DROPPED.has(option);
