/** The table of results as Markdown, one line a row, so that a part of it can be measured anew. */
import type { Row, Target } from './rows.ts';
import { spread } from './spread.ts';

const head = [
  '| row | measured | of | median | min – max | × HAProxy | target | stands | also |',
  '|---|---|---|--:|--:|--:|---|---|---|',
];

/** A row's line; `key` is the scenario it belongs to. */
export function tableLine(key: string, row: Row): string {
  if ('absent' in row) return line([key, row.measure, row.subject, '–', '', '', '', '', row.absent]);
  const { measure, unit, subject, values, ratios, target, note } = row;
  const { median, min, max } = spread(values);
  const ratio = ratios && ratios.length > 0 ? spread(ratios).median.toFixed(2) : '';
  return line([
    ...[key, measure, subject, `${number(median)} ${unit}`, `${number(min)} – ${number(max)}`],
    ...[ratio, target?.text ?? '', target ? standing(target) : '', note ?? ''],
  ]);
}

/**
 * The whole table: the lines measured now, and those of an earlier table for the scenarios that were not.
 *
 * @param keys every scenario's key, in order
 * @param measured the lines of the scenarios that ran, by key
 */
export function mergeTable(
  keys: readonly string[],
  earlier: string,
  measured: ReadonlyMap<string, readonly string[]>,
): string {
  const kept = earlier.split('\n');
  const body = keys.flatMap(
    (key) => measured.get(key) ?? kept.filter((each) => each.startsWith(`| ${key} |`)),
  );
  return [...head, ...body].join('\n');
}

function standing({ isMet }: Target): string {
  if (isMet === null) return 'nothing to compare with';
  return isMet ? 'met' : '**missed**';
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Three digits that count; whole numbers with separators. */
function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
