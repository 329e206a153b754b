/** Reads a delta from a line of text, and takes nothing that could harm who applies it. */
import type { ConfigurationDelta } from '../dataplane/configuration.ts';

/** Null for what is no delta: cut short, corrupt, or from a program that speaks otherwise. */
export function parseDelta(line: string): ConfigurationDelta | null {
  try {
    const value: unknown = JSON.parse(line);
    return isDelta(value) ? value : null;
  } catch {
    return null;
  }
}

function isDelta(value: unknown): value is ConfigurationDelta {
  if (!isRecord(value)) return false;
  const { source, base, revision, certificates, pools, members, policies, listeners } = value;
  return (
    typeof source === 'string' &&
    (base === null || Number.isInteger(base)) &&
    Number.isInteger(revision) &&
    isRecord(certificates) &&
    isListOfNamed(certificates['put']) &&
    isChanges(pools) &&
    isChanges(policies) &&
    isChanges(listeners) &&
    Array.isArray(members) &&
    members.every((each) => isChanges(each) && typeof each['poolId'] === 'string')
  );
}

/** Whether things are put that have an id, and removed by their ids. */
function isChanges(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    isListOfNamed(value['put']) &&
    Array.isArray(value['remove']) &&
    value['remove'].every((id) => typeof id === 'string')
  );
}

function isListOfNamed(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => isRecord(each) && typeof each['id'] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
