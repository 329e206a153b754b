/** The rules between a listener and the security policy it uses (rules digest 2.2.1 and SP-1). */
import type { Kysely } from 'kysely';
import { conflict, invalid } from '../model/errors.ts';
import type { Listener } from '../model/listener.ts';
import { type SecurityPolicy, securityPolicy } from '../model/security-policy.ts';
import type { Tables } from '../store/schema.ts';
import { require } from './references.ts';

/** Refuses a security policy that is not there, or without what the listener needs of it. */
export async function checkSecurityPolicyOf(db: Kysely<Tables>, listener: Listener): Promise<void> {
  const { security_policy_id, project_id } = listener;
  if (!security_policy_id) return;
  const policy = await require(db, securityPolicy, project_id, security_policy_id);
  if (lacksTls13(listener, policy)) {
    throw invalid(
      'listener.ssl_early_data_enable',
      `it needs TLSv1.3 among the protocols of security policy ${policy.id}.`,
    );
  }
}

/** Refuses a change of a policy that would leave a listener without what it needs. */
export function checkPolicyOfListener(listener: Listener, after: SecurityPolicy): void {
  if (!lacksTls13(listener, after)) return;
  throw conflict(
    `The listener ${listener.id} has ssl_early_data_enable, which needs TLSv1.3 among the protocols; ` +
      'set it to false first.',
  );
}

/** Early data is a part of TLS 1.3 (RFC 8446 section 2.3). */
function lacksTls13({ ssl_early_data_enable }: Listener, { protocols }: SecurityPolicy): boolean {
  return ssl_early_data_enable && !protocols.includes('TLSv1.3');
}
