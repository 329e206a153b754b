/** The counters of a proxy as they travel: named, so that either end may know more of them than the other. */
import { countersOf, type TrafficKind, type TrafficRow, trafficKinds, zeroes } from './traffic-counts.ts';

/** A part of a report. */
export interface TrafficReport {
  /** The names of the counters, in the order of the values. */
  readonly names: Readonly<Partial<Record<TrafficKind, readonly string[]>>>;
  /** As they stand, of what changed since the last report on this connection; of everything in the first. */
  readonly rows: readonly TrafficRow[];
  /** What is counted no more. */
  readonly removed: readonly { readonly kind: TrafficKind; readonly id: string }[];
}

/** So many rows are sent at once at most, which keeps lines far below what is read of one. */
const maxRows = 5000;

const names = Object.fromEntries(
  trafficKinds.map((kind) => [kind, Object.keys(countersOf[kind])]),
) as TrafficReport['names'];

/** The reports that tell it all, in order; none when there is nothing to tell. */
export function trafficReports({ rows, removed }: Omit<TrafficReport, 'names'>): TrafficReport[] {
  const reports: TrafficReport[] = [];
  for (let start = 0; start < rows.length || (start === 0 && removed.length > 0); start += maxRows) {
    reports.push({ names, rows: rows.slice(start, start + maxRows), removed: start === 0 ? removed : [] });
  }
  return reports;
}

/** A report in this version's own counters; null for what is no report. What is not known here is left out. */
export function readTraffic(value: unknown): TrafficReport | null {
  if (!isRecord(value)) return null;
  const { names: given, rows, removed } = value;
  if (!isRecord(given) || !Array.isArray(rows) || !Array.isArray(removed)) return null;
  const places = new Map<string, readonly number[]>();
  for (const kind of trafficKinds) {
    const theirs = given[kind] ?? [];
    if (!Array.isArray(theirs)) return null;
    const ours: Readonly<Record<string, number>> = countersOf[kind];
    places.set(
      kind,
      theirs.map((name) => (typeof name === 'string' && Object.hasOwn(ours, name) ? (ours[name] ?? -1) : -1)),
    );
  }
  const read: TrafficRow[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return null;
    const { kind, id, parentId, values } = row;
    if (typeof id !== 'string' || typeof parentId !== 'string' || !isNumbers(values)) return null;
    if (isKind(kind)) read.push({ kind, id, parentId, values: placed(kind, values, places.get(kind) ?? []) });
  }
  const gone = removed.filter(
    (each) => isRecord(each) && isKind(each['kind']) && typeof each['id'] === 'string',
  );
  return { names, rows: read, removed: gone };
}

function placed(kind: TrafficKind, values: readonly number[], places: readonly number[]): number[] {
  const counts = zeroes(kind);
  values.forEach((value, index) => {
    const place = places[index] ?? -1;
    if (place >= 0) counts[place] = value;
  });
  return [...counts];
}

function isKind(value: unknown): value is TrafficKind {
  return typeof value === 'string' && Object.hasOwn(countersOf, value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
