/** What one HTTP/2 connection of a client may cost. nghttp2 itself bounds CONTINUATION frames and unread answers. */
import type { ServerSessionOptions } from 'node:http2';

/** What may be on its way of all request bodies of a connection: granted anew only as members take it. */
export const CONNECTION_WINDOW_BYTES = 1024 * 1024;

export const sessionLimits: ServerSessionOptions & {
  readonly streamResetBurst: number;
  readonly streamResetRate: number;
} = {
  settings: { maxConcurrentStreams: 100, initialWindowSize: 256 * 1024, enablePush: false },
  /** Streams that a client may open and reset at once, and how many more each second (CVE-2023-44487). */
  streamResetBurst: 200,
  streamResetRate: 33,
  /** MB of frames, headers and bodies held for a connection. */
  maxSessionMemory: 10,
  /** Pairs, as many as a head of HTTP/1.1 may have, with the pseudo-headers. */
  maxHeaderListPairs: 104,
  maxSettings: 32,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
};
