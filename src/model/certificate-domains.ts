/** The domains of a server certificate: the names by which a listener finds it (rules digest 2.8). */
import { invalid } from './errors.ts';

/** The most domains of one certificate. */
const maxDomains = 100;

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domainName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);

/** The domains in one spelling; none for null and for empty text. */
export function domainsOf({ domain }: { readonly domain: string | null }): string[] {
  return domain ? domain.toLowerCase().split(',') : [];
}

/** @throws Refusal for a list that is too long, or has something that is no domain in it */
export function checkDomains(certificate: { readonly domain: string | null }): void {
  const domains = domainsOf(certificate);
  const field = 'certificate.domain';
  if (domains.length > maxDomains) {
    throw invalid(field, `it has ${domains.length} domains, and takes ${maxDomains}.`);
  }
  const wrong = domains.find((domain) => !domainName.test(domain));
  if (wrong === undefined) return;
  throw invalid(
    field,
    `"${wrong.slice(0, 100)}" is no domain. Expected domains as www.example.com or *.example.com with commas between: ` +
      'labels of 1 to 63 letters, digits and inner hyphens.',
  );
}
