import type { Match } from '../model/filter.ts';
import type { ColumnValue } from './schema.ts';

/** What must hold for a listed record: the match has one of the values. */
export interface Condition {
  readonly match: Match;
  readonly values: readonly ColumnValue[];
  /** Whether nearly every record meets it, so that finding those that do is no way to find few. */
  readonly isUsual?: boolean;
}
