/**
 * A name of an X.509 certificate as RFC 4514 writes it, last part first, fit for a header: what is not printable ASCII
 * is escaped byte by byte.
 *
 * @param lines as `X509Certificate.subject` has them: one `KEY=value` a line, multi-valued parts with ` + ` between
 */
export function distinguishedName(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .reverse()
    .map(asAscii)
    .join(',');
}

function asAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, (part) =>
    Buffer.from(part).toString('hex').toUpperCase().replace(/../g, '\\$&'),
  );
}
