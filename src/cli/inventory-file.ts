/** Reads the inventory file, and says where in it something is wrong. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refusal } from '../model/errors.ts';
import { InventoryFile } from '../model/inventory.ts';
import { validator } from '../model/validation.ts';
import { UsageError } from './options.ts';

const check = validator(InventoryFile);

/** @throws UsageError that names the file and the entry */
export function readInventoryFile(path: string): InventoryFile {
  try {
    const content: unknown = parse(readFileSync(path, 'utf8')) ?? {};
    check(content);
    return content as InventoryFile;
  } catch (error) {
    const why =
      error instanceof Refusal
        ? error.message.replace('Unrecognized attribute', 'Unknown entry')
        : (error as Error).message;
    throw new UsageError(`The inventory file ${path} cannot be used: ${why}`);
  }
}
