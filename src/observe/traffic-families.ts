/** The counters of traffic as metrics. */
import { type Family, histogramSamples, type Labels, type Sample } from './exposition.ts';
import {
  answerBoundsMs,
  countersOf,
  listenerCounters,
  memberCounters,
  poolCounters,
  proxyCounters,
  type TrafficKind,
  type TrafficRow,
} from './traffic-counts.ts';

/** A row with what its samples are labelled by. */
export interface LabelledRow extends Pick<TrafficRow, 'kind' | 'values'> {
  readonly labels: Labels;
}

interface Shape extends Pick<Family, 'name' | 'help' | 'type'> {
  readonly kind: TrafficKind;
  readonly samples: (values: readonly number[], labels: Labels) => Sample[];
}

type Values = readonly number[];

const at = (values: Values, counter: number) => values[counter] ?? 0;

function counter(kind: TrafficKind, name: string, help: string, place: number): Shape {
  const samples = (values: Values, labels: Labels) => [{ labels, value: at(values, place) }];
  return { kind, name: `elbow_${kind}_${name}_total`, help, type: 'counter', samples };
}

/** A counter with one sample for each value of a label. */
function counterBy(
  [kind, name, help]: readonly [TrafficKind, string, string],
  label: string,
  places: Readonly<Record<string, number>>,
): Shape {
  const samples = (values: Values, labels: Labels) =>
    Object.entries(places).map(([value, place]) => ({
      labels: { ...labels, [label]: value },
      value: at(values, place),
    }));
  return { kind, name: `elbow_${kind}_${name}_total`, help, type: 'counter', samples };
}

function open(kind: 'listener' | 'pool' | 'member', help: string): Shape {
  const { connectionsOpened, connectionsClosed } = countersOf[kind];
  return {
    ...{ kind, help, name: `elbow_${kind}_connections_open`, type: 'gauge' },
    samples: (values, labels) => [
      { labels, value: at(values, connectionsOpened) - at(values, connectionsClosed) },
    ],
  };
}

function codesFrom(first: number): Readonly<Record<string, number>> {
  return { '1xx': first, '2xx': first + 1, '3xx': first + 2, '4xx': first + 3, '5xx': first + 4 };
}

const ofListener = listenerCounters;
const ofMember = memberCounters;

const listenerShapes: readonly Shape[] = [
  counter(
    'listener',
    'connections',
    'Connections and UDP sessions of clients.',
    ofListener.connectionsOpened,
  ),
  open('listener', 'Connections and UDP sessions of clients at the moment.'),
  counter(
    'listener',
    'connections_refused',
    'Connections and UDP sessions that the access control refused.',
    ofListener.connectionsRefused,
  ),
  counter('listener', 'received_bytes', 'Bytes from clients, without TLS.', ofListener.bytesReceived),
  counter('listener', 'sent_bytes', 'Bytes to clients, without TLS.', ofListener.bytesSent),
  counterBy(
    ['listener', 'requests', 'HTTP requests by the status they were answered with.'],
    'code',
    codesFrom(ofListener.requests1xx),
  ),
];

/** A pool’s are the sums of its members’, those that are gone included. */
function memberShapes(kind: 'pool' | 'member'): Shape[] {
  const buckets = [...answerBoundsMs.keys(), answerBoundsMs.length];
  return [
    counter(kind, 'connections', 'Connections and UDP sessions to members.', ofMember.connectionsOpened),
    open(kind, 'Connections and UDP sessions to members at the moment, those that wait for a request too.'),
    counter(kind, 'received_bytes', 'Bytes from members, without TLS.', ofMember.bytesReceived),
    counter(kind, 'sent_bytes', 'Bytes to members, without TLS.', ofMember.bytesSent),
    counterBy(
      [kind, 'answers', 'HTTP answers of members by status.'],
      'code',
      codesFrom(ofMember.answers1xx),
    ),
    counter(
      kind,
      'retries',
      'Requests and connections that went on elsewhere after a member failed them.',
      ofMember.retries,
    ),
    counterBy([kind, 'failures', 'What members failed, by how they did.'], 'kind', {
      connect: ofMember.failuresConnect,
      timeout: ofMember.failuresTimeout,
      reset: ofMember.failuresReset,
      invalid: ofMember.failuresInvalid,
    }),
    {
      ...{ kind, name: `elbow_${kind}_answer_seconds`, type: 'histogram' },
      help: 'Time from the end of a request to the head of its answer.',
      samples: (values, labels) =>
        histogramSamples(
          labels,
          buckets.map((index) => at(values, ofMember.answersWithin5ms + index)),
          answerBoundsMs.map((bound) => bound / 1000),
          at(values, ofMember.answerMilliseconds) / 1000,
        ),
    },
  ];
}

const shapes: readonly Shape[] = [
  ...listenerShapes,
  ...memberShapes('pool'),
  counter(
    'pool',
    'unserved',
    'Requests, connections and UDP sessions for which there was no member.',
    poolCounters.unserved,
  ),
  ...memberShapes('member'),
  counter('proxy', 'access_log_lines', 'Lines written to the access log.', proxyCounters.linesWritten),
  counter(
    'proxy',
    'access_log_lines_dropped',
    'Lines that were lost: the disk was full, missing or too slow.',
    proxyCounters.linesDropped,
  ),
];

/** Rows of the same labels, as of two proxies that go by one name, are added up. */
export function trafficFamilies(rows: readonly LabelledRow[]): Family[] {
  const merged = new Map<string, { row: LabelledRow; values: number[] }>();
  for (const row of rows) {
    const key = `${row.kind} ${JSON.stringify(row.labels)}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { row, values: [...row.values] });
    else known.values = known.values.map((value, index) => value + at(row.values, index));
  }
  const all = [...merged.values()];
  return shapes.map(({ kind, samples, ...family }) => ({
    ...family,
    samples: all
      .filter(({ row }) => row.kind === kind)
      .flatMap(({ row, values }) => samples(values, row.labels)),
  }));
}
