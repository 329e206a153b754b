/** For a request line that the member may see as it came: one copy of each part. */
export function joinHead(input: Buffer, start: number, lineEnd: number, block: Buffer): Buffer {
  const length = lineEnd - start;
  const head = Buffer.allocUnsafe(length + block.length);
  input.copy(head, 0, start, lineEnd);
  block.copy(head, length);
  return head;
}

/** For a request line that the member must not see as it came: an absolute target, or HTTP/1.0. */
export function rebuildHead(
  input: Buffer,
  method: string,
  target: string | null,
  targetStart: number,
  targetEnd: number,
  block: Buffer,
): Buffer {
  const path = target ?? input.toString('latin1', targetStart, targetEnd);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n`, 'latin1'), block]);
}
