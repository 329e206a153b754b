/** How much of a message's frame the proxy is willing to hold, in bytes unless named otherwise. */

/** A request line longer than this is answered 414; a status line longer than this 502. */
export const START_LINE_BYTES = 8 * 1024;

/** A start line and header block longer than this are answered 431 (request) or 502 (response). */
export const HEAD_BYTES = 32 * 1024;

export const FIELD_COUNT = 100;

/** Digits of one chunk size: at most 4 GiB - 1 a chunk, below every width a member might read it with. */
export const CHUNK_SIZE_DIGITS = 8;

/** Chunk extensions of a whole message; they are dropped, so a flood of them would cost only us. */
export const CHUNK_EXTENSION_BYTES = 8 * 1024;

export const TRAILER_BYTES = 8 * 1024;

/** Header blocks up to this size are remembered between messages of one connection. */
export const REMEMBERED_BYTES = 2 * 1024;
