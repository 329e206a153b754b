import { UsageError } from './options.ts';

/**
 * Reads `127.0.0.1:9696` or `[::1]:9696`.
 *
 * @param option as it is given, for who is told that it is wrong
 * @throws UsageError
 */
export function hostAndPort(option: string, text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (!host || Number(port) > 65535) {
    throw new UsageError(`${option} takes HOST:PORT, as 127.0.0.1:9696 or [::1]:9696, not "${text}".`);
  }
  return { host, port: Number(port) };
}
