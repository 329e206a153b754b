import type { IncomingHttpHeaders } from 'node:http2';

/** The codes of gRPC that stand for an answer without one (grpc.github.io, "HTTP to gRPC Status Code Mapping"). */
const STATUS_OF_HTTP: { readonly [status: number]: number | undefined } = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const UNKNOWN = 2;
const UNAVAILABLE = 14;

/** Flag, length, and a HealthCheckResponse with nothing but its status. */
const MESSAGE_BYTES = 7;
const LENGTH_AT = 1;
const PAYLOAD_AT = 5;
const STATUS_TAG = 0x08;
const SERVING = 1;

/** Puts a gRPC answer together from its headers, message and trailers. */
export class GrpcAnswer {
  #http = 0;
  #isGrpc = false;
  #status: string | undefined;
  #message = Buffer.alloc(0);

  begin(headers: IncomingHttpHeaders): void {
    this.#http = Number(headers[':status']);
    this.#isGrpc = headers['content-type']?.startsWith('application/grpc') === true;
    this.end(headers);
  }

  /** Takes a piece of the message; what lies behind the status of a health answer is of no interest. */
  push(piece: Buffer): void {
    if (this.#message.length < MESSAGE_BYTES) this.#message = Buffer.concat([this.#message, piece]);
  }

  end(trailers: IncomingHttpHeaders): void {
    const status = trailers['grpc-status'];
    if (typeof status === 'string') this.#status = status;
  }

  /**
   * The code that it comes to; null when it is not gRPC.
   *
   * @param isStandard whether it comes from the standard health service: then a member that says in words of its own
   * that it does not serve counts as UNAVAILABLE, since the API has nothing but codes to tell it by
   */
  status(isStandard: boolean): number | null {
    if (this.#status === undefined) {
      return this.#http === 200 ? null : (STATUS_OF_HTTP[this.#http] ?? UNKNOWN);
    }
    if (!this.#isGrpc || !/^\d{1,2}$/.test(this.#status)) return null;
    const code = Number(this.#status);
    return code === 0 && isStandard && !this.#isServing() ? UNAVAILABLE : code;
  }

  /** Absent means 0, which is not to know (grpc.health.v1, HealthCheckResponse.ServingStatus). */
  #isServing(): boolean {
    const message = this.#message;
    return (
      message.length >= MESSAGE_BYTES &&
      message.readUInt32BE(LENGTH_AT) >= 2 &&
      message[PAYLOAD_AT] === STATUS_TAG &&
      message[PAYLOAD_AT + 1] === SERVING
    );
  }
}
