/** Reads a proxy's report from a line of text, and takes nothing that could harm who reads it. */
import { readTraffic } from '../observe/traffic-lines.ts';
import type { ProxyReport } from './configuration.ts';

/** Null for what is no report. */
export function parseReport(line: string): ProxyReport | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isReport(value)) return null;
    const { traffic, ...report } = value;
    if (traffic === undefined) return report;
    const read = readTraffic(traffic);
    return read && { ...report, traffic: read };
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is ProxyReport {
  if (!isRecord(value)) return false;
  const { source, revision, listeners, removed } = value;
  return (
    typeof source === 'string' &&
    Number.isInteger(revision) &&
    Array.isArray(listeners) &&
    listeners.every(isListenerState) &&
    Array.isArray(removed) &&
    removed.every((id) => typeof id === 'string')
  );
}

function isListenerState(value: unknown): boolean {
  if (!isRecord(value) || typeof value['id'] !== 'string') return false;
  return (
    value['state'] === 'listening' || (value['state'] === 'failed' && typeof value['reason'] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
