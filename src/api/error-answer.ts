/** What a caller gets when a call fails: a status and the API's flat error body (rules digest 1.4). */
import { Refusal } from '../model/errors.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error_code: string; readonly error_msg: string; readonly request_id: string };
}

/** The answer to any failure. What is no refusal of ours tells the caller nothing of its inside. */
export function errorAnswer(error: unknown, request_id: string): ErrorAnswer {
  if (error instanceof Refusal) {
    return { status: error.status, body: { error_code: error.code, error_msg: error.message, request_id } };
  }
  const { code, statusCode, errcode } = error as { code?: string; statusCode?: number; errcode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return badRequest(
      "Invalid input for 'body': it is larger than 1 MiB, or than 8 MiB for a document to apply.",
      request_id,
    );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return badRequest(`The request cannot be read: ${(error as Error).message}.`, request_id);
  }
  if (errcode !== undefined) {
    return {
      status: 503,
      body: {
        error_code: 'ELB.8906',
        error_msg:
          'The store cannot be written or read right now (is the disk full?). Nothing was changed; try again.',
        request_id,
      },
    };
  }
  const error_msg = `Internal error. Nothing was changed; quote the request id ${request_id} when reporting it.`;
  return { status: 500, body: { error_code: 'ELB.8906', error_msg, request_id } };
}

function badRequest(error_msg: string, request_id: string): ErrorAnswer {
  return { status: 400, body: { error_code: 'ELB.8902', error_msg, request_id } };
}
