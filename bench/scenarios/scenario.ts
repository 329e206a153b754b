/** A scenario: what is done to the proxies, and what is read off them. */
import type { LoadGenerator } from '../support/load.ts';
import type { Row } from '../support/rows.ts';
import type { Workshop } from '../support/workshop.ts';

export interface Bench {
  readonly workshop: Workshop;
  readonly generator: LoadGenerator;
  readonly rounds: number;
  /** How long a round lasts. */
  readonly seconds: number;
  /** The members of the store that `lists` is about. */
  readonly members: number;
  /** Writes a page of its own beside the table, unless nothing is to be written. */
  readonly writePage: (name: string, text: string) => void;
  /** Says how far it is. */
  readonly progress: (text: string) => void;
}

export interface Scenario {
  /** How it is asked for, and the first column of its rows. */
  readonly key: string;
  readonly title: string;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}
