import { classifyGraphError, type GraphErrorVerdict } from '@parley/domain';
import { parseJson } from './json.js';

/** Graph's own error, flattened. `title` and `details` are Meta's texts, for people; code and subcode are for code. */
export interface GraphError {
  readonly httpStatus: number;
  /** null where the answer carried no error of Graph's, as a page of a proxy. */
  readonly code: number | null;
  readonly subcode: number | undefined;
  readonly title: string;
  readonly details: string | undefined;
  readonly traceId: string | undefined;
  readonly isTransient: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the error of an answer that is no success. */
export function readGraphError(httpStatus: number, body: Buffer): GraphError {
  const answer = parseJson(body);
  const error = isFields(answer) && isFields(answer['error']) ? answer['error'] : undefined;
  if (!error || typeof error['code'] !== 'number') return notOfGraph(httpStatus);
  return {
    httpStatus,
    code: error['code'],
    subcode: typeof error['error_subcode'] === 'number' ? error['error_subcode'] : undefined,
    title: textOf(error['error_user_title']) ?? textOf(error['message']) ?? `(#${error['code']})`,
    details: detailsOf(error),
    traceId: textOf(error['fbtrace_id']),
    isTransient: error['is_transient'] === true,
  };
}

/** What the error means, by the one table of codes. `forSend`: a doubt whether Meta took it stays a doubt. */
export function classify(error: GraphError, forSend: boolean): GraphErrorVerdict {
  const { httpStatus, code, subcode = null, isTransient } = error;
  return classifyGraphError({ httpStatus, code, subcode, isTransient, parsed: code !== null }, forSend);
}

function notOfGraph(httpStatus: number): GraphError {
  const title = `HTTP ${httpStatus} without an error of the Graph API`;
  return {
    httpStatus,
    code: null,
    subcode: undefined,
    title,
    details: undefined,
    traceId: undefined,
    isTransient: false,
  };
}

/** `error_data` is an object with `details`, or now and then the text itself. */
function detailsOf(error: Fields): string | undefined {
  const data = error['error_data'];
  return textOf(data) ?? (isFields(data) ? textOf(data['details']) : undefined) ?? textOf(error['error_user_msg']);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Meta quotes a token that it cannot read ("Malformed access token EAA..."); what is logged and shown must not. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.replaceAll(/\bEAA\w+/g, '[token]') : undefined;
}
