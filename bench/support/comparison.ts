/** Turns what traffic told into rows: a figure of every peer, and its ratio to HAProxy's in the same round. */
import { haproxy } from '../peers/haproxy.ts';
import type { Peer } from '../peers/peer.ts';
import { type Figure, ratiosOf, type Target } from './rows.ts';
import { spread } from './spread.ts';
import { type Sample, subjectOf, type Traffic } from './traffic.ts';

export interface Comparison {
  readonly measure: string;
  readonly unit: string;
  readonly value: (sample: Sample) => number;
  /** What is to be reached, by peer. */
  readonly goals: ReadonlyMap<Peer, Goal>;
  readonly note?: (samples: readonly Sample[]) => string;
}

/** A bound on the ratio of one peer's figure to another's. */
export interface Goal {
  readonly text: string;
  readonly of: Peer;
  readonly isMet: (ratio: number) => boolean;
}

export function compare(traffic: readonly Traffic[], comparison: Comparison): Figure[] {
  const { measure, unit, value, goals, note } = comparison;
  const valuesOf = (peer: Peer) => traffic.find((each) => each.peer === peer)?.samples.map(value) ?? [];
  return traffic.map(({ peer, samples }) => {
    const values = samples.map(value);
    const goal = goals.get(peer);
    const target = goal && reached(goal, ratiosOf(values, valuesOf(goal.of)));
    const notes = [note?.(samples), errorsIn(samples)].filter(Boolean).join('; ');
    return {
      measure,
      unit,
      subject: subjectOf(peer),
      values,
      ratios: ratiosOf(values, valuesOf(haproxy)),
      ...(target ? { target } : {}),
      ...(notes ? { note: notes } : {}),
    };
  });
}

function reached({ text, isMet }: Goal, ratios: readonly number[]): Target {
  return { text, isMet: ratios.length === 0 ? null : isMet(spread(ratios).median) };
}

function errorsIn(samples: readonly Sample[]): string {
  const errors = samples.reduce((sum, sample) => sum + sample.errors, 0);
  return errors === 0 ? '' : `${errors} errors`;
}

/** How many requests a second there were while the cost was measured. */
export function rateNote(samples: readonly Sample[]): string {
  const rate = spread(samples.map(({ requestsPerSecond }) => requestsPerSecond)).median;
  const control = samples.flatMap(({ controlCores }) => controlCores ?? []);
  const idle =
    control.length > 0
      ? `; its control plane at most ${(Math.max(...control) * 100).toFixed(1)} % of a core`
      : '';
  return `at ${Math.round(rate).toLocaleString('en')} a second${idle}`;
}
