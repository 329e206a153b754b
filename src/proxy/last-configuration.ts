/**
 * The last configuration on disk, from which a proxy starts while no control plane can be reached: a snapshot on
 * the first line, a delta on each line after it. Now and then it is written anew as one snapshot. It holds the private
 * keys of certificates, so only its owner may read it.
 */
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationDelta } from '../dataplane/configuration.ts';
import type { ConfigurationState } from './configuration-state.ts';
import { parseDelta } from './delta-line.ts';
import type { Log } from './log.ts';

/** Deltas may take this much room before they are folded into a snapshot, or twice the snapshot's own if more. */
const minFoldBytes = 1024 * 1024;

export class LastConfiguration {
  readonly #directory: string;
  readonly #path: string;
  readonly #log: Log;
  #snapshotBytes = 0;
  /** Infinity: nothing is on disk that a delta could follow. */
  #deltaBytes = Number.POSITIVE_INFINITY;
  #revision = -1;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#path = join(directory, 'configuration.ndjson');
    this.#log = log;
  }

  /** Brings the state to what is on disk, as far as it can be read: a crash may have cut the last line short. */
  async restore(state: ConfigurationState): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#log.error({ err: error }, 'the last configuration cannot be read; waiting for the control plane');
      return;
    }
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const delta = parseDelta(line);
      if (delta && state.apply(delta)) continue;
      this.#log.warn(
        { revision: state.revision },
        'the last configuration is cut short or corrupt behind this',
      );
      return;
    }
  }

  /** Writes a delta behind what is there, in the background; the state already has it. */
  append(delta: ConfigurationDelta, state: ConfigurationState): void {
    this.#writing = this.#writing
      .then(() => this.#write(delta, state))
      .catch((error: unknown) => {
        this.#deltaBytes = Number.POSITIVE_INFINITY;
        this.#log.error({ err: error }, 'the last configuration could not be written; serving goes on');
      });
  }

  /** Resolves when everything appended is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(delta: ConfigurationDelta, state: ConfigurationState): Promise<void> {
    const fold = delta.base === null || this.#deltaBytes > Math.max(minFoldBytes, 2 * this.#snapshotBytes);
    if (fold) {
      await this.#replace(state);
      return;
    }
    // A snapshot is taken of the state as it is when written, which may be ahead of deltas that still wait here.
    if (delta.revision <= this.#revision) return;
    const line = `${JSON.stringify(delta)}\n`;
    await appendFile(this.#path, line, { mode: 0o600 });
    this.#deltaBytes += line.length;
    this.#revision = delta.revision;
  }

  async #replace(state: ConfigurationState): Promise<void> {
    const snapshot = state.snapshot();
    const line = `${JSON.stringify(snapshot)}\n`;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(`${this.#path}.new`, line, { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
    this.#snapshotBytes = line.length;
    this.#deltaBytes = 0;
    this.#revision = snapshot?.revision ?? -1;
  }
}
