/** The hint for consoles that most resources carry (rules digest 1.8). */

interface Protected {
  readonly protection_status: 'nonProtection' | 'consoleProtection';
  readonly protection_reason: string;
}

/** The reason goes when the protection does. */
export function clearedProtectionReason(after: Protected): Partial<Protected> {
  return after.protection_status === 'nonProtection' ? { protection_reason: '' } : {};
}
