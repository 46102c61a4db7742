import { GRAPH_ERRORS, type GraphErrorClass, type GraphErrorRow, type GraphErrorScope } from './graph-error-table.js';

/** A failed call as far as its class depends on it. */
export interface GraphFailure {
  httpStatus: number;
  /** Of Graph's error object; null where the body held none. */
  code: number | null;
  subcode?: number | null;
  isTransient?: boolean;
  /** Whether the body was Graph's own JSON error. A proxy's page is not. */
  parsed: boolean;
}

export interface GraphErrorVerdict {
  class: GraphErrorClass;
  /** What the trouble is about, and so what must pause. */
  scope: GraphErrorScope;
  whatToDo: string;
  /** How long Meta asks to wait, where it says so. */
  waitSeconds: number | null;
  /** False when the code is not in the table. */
  known: boolean;
}

const ROW_OF_CODE = new Map(
  GRAPH_ERRORS.flatMap((row) => row.codes.flatMap(codesOf).map((code) => [code, row] as const)),
);

/** The row of a code of Meta's, or undefined for one that the table does not know. */
export function graphErrorRow(code: number): GraphErrorRow | undefined {
  return ROW_OF_CODE.get(code);
}

/**
 * What an answer of the Graph API that is not a success means.
 *
 * For a send (`forSend`) only a proof that Meta did not take the message allows another attempt: after bytes were
 * written a 5xx counts as a refusal only when it carries Graph's own error of a class that is tried again; every other
 * one, and a success that cannot be read, leaves the outcome unknown. The scope is that of the code all the same, so
 * that a number in trouble can be paused.
 */
export function classifyGraphError(failure: GraphFailure, forSend: boolean): GraphErrorVerdict {
  const row = failure.parsed ? rowOf(failure) : undefined;
  const verdict = row ? verdictOf(row) : guess(failure);
  const repeatable = row !== undefined && (row.class === 'retry' || row.class === 'throttled');
  return forSend && isAmbiguous(failure, row) && !repeatable
    ? { ...verdict, class: 'unknown', whatToDo: UNKNOWN }
    : verdict;
}

/** "Invalid parameter": for templates, numbers and accounts the subcode says which rule was broken. */
const INVALID_PARAMETER = 100;
/** The subcode of 100 for an object that is not there, or not for this token; 33 as a code is a deleted number. */
const NO_SUCH_OBJECT = 33;
const UNKNOWN_OBJECT = 803;
/** Subcodes that are codes of the table have numbers from here on; the smaller ones tell of tokens. */
const FIRST_SUBCODE = 2_000;

function rowOf({ code, subcode }: GraphFailure): GraphErrorRow | undefined {
  if (code === null) return undefined;
  if (code !== INVALID_PARAMETER || subcode === undefined || subcode === null) return graphErrorRow(code);
  if (subcode === NO_SUCH_OBJECT) return graphErrorRow(UNKNOWN_OBJECT);
  return (subcode >= FIRST_SUBCODE ? graphErrorRow(subcode) : undefined) ?? graphErrorRow(code);
}

const UNKNOWN = 'Wait for a status that names the attempt; sending again may reach the customer twice.';

/** Whether Meta may have taken what was sent. A known code below 500 is a plain refusal. */
function isAmbiguous({ httpStatus, isTransient }: GraphFailure, row: GraphErrorRow | undefined): boolean {
  if (httpStatus >= 500 || httpStatus < 400 || httpStatus === 408) return true;
  return row === undefined && isTransient === true;
}

function verdictOf(row: GraphErrorRow): GraphErrorVerdict {
  const { class: kind, scope, whatToDo, waitSeconds = null } = row;
  return { class: kind, scope, whatToDo, waitSeconds, known: true };
}

/** For codes outside the table, and answers that are not Graph's. */
function guess({ httpStatus, isTransient }: GraphFailure): GraphErrorVerdict {
  const verdict = (kind: GraphErrorClass, scope: GraphErrorScope, whatToDo: string): GraphErrorVerdict => ({
    class: kind,
    scope,
    whatToDo,
    waitSeconds: null,
    known: false,
  });
  if (httpStatus === 429) return verdict('throttled', 'number', 'Wait, then send more slowly.');
  if (httpStatus === 401) return verdict('credential', 'account', 'Give the account a valid access token.');
  if (httpStatus >= 500 || httpStatus < 400 || httpStatus === 408 || isTransient === true) {
    return verdict('retry', 'message', 'Try again in a moment.');
  }
  return verdict('permanent', 'message', "Act on Meta's text; the same request will be refused again.");
}

function codesOf(codes: number | readonly [number, number]): number[] {
  if (typeof codes === 'number') return [codes];
  const [first, last] = codes;
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
