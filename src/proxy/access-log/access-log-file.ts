import { write as writeTo } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Log } from '../log.ts';
import type { LogChunk } from './line-buffer.ts';

export interface AccessLogOptions {
  /** A file, or `-` for standard output. */
  readonly path: string;
  /** The file is rotated before it grows beyond this; 0 never rotates. */
  readonly maxBytes: number;
  /** How many rotated files are kept beside it: `.1` is the newest. */
  readonly keptFiles: number;
  readonly log: Log;
}

/** How often it is looked whether the file is still where it was. */
const lookMs = 1000;

/** How often lost lines are told of. */
const complainMs = 10_000;

const standardOutput = 1;

const write = promisify<number, string, unknown>(writeTo as never);

/**
 * The access log of a proxy. What cannot be written is lost and counted: nothing waits for the disk but the log itself.
 * A file that was moved or deleted is left to whoever did so, and another one is begun.
 */
export class AccessLogFile {
  /** Lines so far. */
  written = 0;
  dropped = 0;
  readonly #options: AccessLogOptions;
  #file: FileHandle | null = null;
  #inode = 0;
  #bytes = 0;
  #lookedAt = 0;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #untold = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: AccessLogOptions) {
    this.#options = options;
  }

  /** Resolves when the chunk, and all before it, is written or given up; never rejects. */
  append(chunk: LogChunk): Promise<void> {
    this.#last = this.#last.then(() => this.#append(chunk));
    return this.#last;
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#last;
    await this.#release();
  }

  async #append({ text, lines, dropped }: LogChunk): Promise<void> {
    if (dropped > 0) this.#drop(dropped, 'the file is slower than the traffic');
    try {
      if (this.#options.path === '-') await writeWhole(standardOutput, text);
      else await this.#writeFile(text);
      this.written += lines;
    } catch (error) {
      this.#drop(lines, (error as Error).message);
      await this.#release();
    }
  }

  async #writeFile(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    await this.#look();
    const { maxBytes } = this.#options;
    this.#file ??= await this.#open();
    if (maxBytes > 0 && this.#bytes > 0 && this.#bytes + bytes > maxBytes) {
      await this.#rotate();
      this.#file = await this.#open();
    }
    await this.#file.appendFile(text);
    this.#bytes += bytes;
  }

  async #open(): Promise<FileHandle> {
    // Who asked for what is the business of whoever runs the proxy.
    const file = await open(this.#options.path, 'a', 0o640);
    const { ino, size } = await file.stat();
    this.#inode = ino;
    this.#bytes = size;
    return file;
  }

  /** Lets go of a file that is no longer where it was. */
  async #look(): Promise<void> {
    const now = performance.now();
    if (this.#file === null || now - this.#lookedAt < lookMs) return;
    this.#lookedAt = now;
    const found = await stat(this.#options.path).catch(() => null);
    if (found?.ino !== this.#inode) await this.#release();
  }

  async #rotate(): Promise<void> {
    const { path, keptFiles } = this.#options;
    await this.#release();
    if (keptFiles === 0) {
      const file = await open(path, 'w', 0o640);
      await file.close();
    }
    for (let index = keptFiles; index > 0; index -= 1) {
      const from = index === 1 ? path : `${path}.${index - 1}`;
      await rename(from, `${path}.${index}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#bytes = 0;
    await file?.close().catch(() => {});
  }

  #drop(lines: number, why: string): void {
    this.dropped += lines;
    this.#untold += lines;
    const now = performance.now();
    if (now - this.#complainedAt < complainMs) return;
    this.#complainedAt = now;
    this.#options.log.warn({ lines: this.#untold, why }, 'lines of the access log were lost');
    this.#untold = 0;
  }
}

/** A pipe may take less than all at once. */
async function writeWhole(descriptor: number, text: string): Promise<void> {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const written = (await write(descriptor, rest as never)) as unknown as number;
    rest = rest.subarray(written);
  }
}
