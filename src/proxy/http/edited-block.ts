import { FieldKind } from './field-kind.ts';
import { FieldFault, FieldTable } from './field-table.ts';
import { keptLines } from './forwarded-block.ts';

/** What becomes of a header block that is ready to go to a member. */
export interface BlockEdits {
  /** Lower-case names of fields that are left out; `_` counts as `-`. */
  readonly without: readonly Uint8Array[];
  /** Whole lines that are added. */
  readonly added: string;
  /** Null leaves the host as it is. */
  readonly host: string | null;
}

const fields = new FieldTable();

/** The block with the edits, empty line included; null when it has more fields than a head may have. */
export function editedBlock(block: Buffer, { without, added, host }: BlockEdits): Buffer | null {
  if (fields.fill(block, 0, block.length) !== FieldFault.NONE) return null;
  return keptLines(
    fields,
    (index) => {
      if (host !== null && fields.kindAt(index) === FieldKind.HOST) return false;
      return !without.some((name) => fields.hasNameLike(index, name));
    },
    host === null ? '' : `Host: ${host}\r\n`,
    `${added}\r\n`,
  );
}
