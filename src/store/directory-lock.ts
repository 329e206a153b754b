/** Lets one control plane at a time use a data directory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the data directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another elbow process. ` +
        'Stop that one first, or name another directory with --data.',
    );
    this.name = 'DirectoryInUse';
  }
}

/**
 * An exclusive lock that the operating system drops when its holder dies, however it dies: an open exclusive
 * transaction on an otherwise empty SQLite file. Node offers no file locks of its own.
 */
export class DirectoryLock {
  readonly #file: DatabaseSync;

  private constructor(file: DatabaseSync) {
    this.#file = file;
  }

  /**
   * Makes the directory when it does not exist.
   *
   * @throws DirectoryInUse
   */
  static take(directory: string): DirectoryLock {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = new DatabaseSync(join(directory, 'elbow.lock'));
    try {
      file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      return new DirectoryLock(file);
    } catch (error) {
      file.close();
      if ((error as { errcode?: number }).errcode === 5) throw new DirectoryInUse(directory);
      throw error;
    }
  }

  release(): void {
    if (this.#file.isOpen) this.#file.close();
  }
}
