/** Reads a stream of server-sent events as a browser does. */
import type { ApiClient } from './api-client.ts';

export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
  readonly data: any;
}

export class EventStream implements AsyncDisposable {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #text = '';
  /** The id that a client would resume behind. */
  lastId = '';

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Resolves once the stream has begun: what happens from then on is on it. */
  static async open(api: ApiClient, query = '', headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(`${api.url}/elbow/v1/events${query}`, {
      headers: { ...api.headers, ...headers },
      signal: abort.signal,
    });
    const stream = new EventStream(response, abort);
    if (response.status === 200 && headers['last-event-id'] === undefined) await stream.#block();
    return stream;
  }

  /** The next event; heartbeats are passed over. */
  async next(): Promise<StreamedEvent> {
    for (;;) {
      const fields = new Map((await this.#block()).split('\n').map((line) => [line.split(': ', 1)[0], line]));
      const fieldOf = (key: string) => fields.get(key)?.slice(key.length + 2) ?? '';
      this.lastId = fieldOf('id') || this.lastId;
      if (fields.has('data'))
        return { event: fieldOf('event'), id: fieldOf('id'), data: JSON.parse(fieldOf('data')) };
    }
  }

  /** Resolves when the server has ended it. */
  async ended(): Promise<void> {
    for (;;) if ((await this.#reader.read()).done) return;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reader.cancel().catch(() => {});
  }

  async #block(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error('the stream ended');
      this.#text += value;
    }
  }
}
