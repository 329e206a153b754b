/** Answers that have no end: sent as they come, no faster than they are read. */
import type { ServerResponse } from 'node:http';

export interface StreamedAnswerOptions {
  /** Ends all streams, as when the server stops. */
  readonly stopping: AbortSignal;
  /** A client that reads nothing for so long is cut. */
  readonly stallMs?: number;
}

const usualStallMs = 30_000;

/**
 * Sends pieces until there are no more, the client is gone, or the server stops. The next piece is asked for once the
 * last is on its way, so that at most one waits in memory; a client that does not read is cut, and can resume.
 */
export async function sendStream(
  response: ServerResponse,
  pieces: (signal: AbortSignal) => AsyncIterable<string>,
  { stopping, stallMs = usualStallMs }: StreamedAnswerOptions,
): Promise<void> {
  const gone = new AbortController();
  const end = () => gone.abort();
  response.on('close', end);
  response.on('error', end);
  stopping.addEventListener('abort', end);
  try {
    if (stopping.aborted) end();
    for await (const piece of pieces(gone.signal)) {
      if (gone.signal.aborted) break;
      if (!response.write(piece) && !(await isDrained(response, gone.signal, stallMs))) break;
    }
  } finally {
    stopping.removeEventListener('abort', end);
    // What an orderly end would still wait for is read by nobody.
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }
}

function isDrained(response: ServerResponse, gone: AbortSignal, stallMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (drained: boolean) => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      gone.removeEventListener('abort', onGone);
      resolve(drained);
    };
    const onDrain = () => finish(true);
    const onGone = () => finish(false);
    const timer = setTimeout(onGone, stallMs);
    response.on('drain', onDrain);
    gone.addEventListener('abort', onGone);
  });
}
