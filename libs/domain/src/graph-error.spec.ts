import fc from 'fast-check';
import { classifyGraphError, type GraphFailure, graphErrorRow } from './graph-error.js';
import { GRAPH_ERRORS } from './graph-error-table.js';

const failure = (patch: Partial<GraphFailure>): GraphFailure => ({
  httpStatus: 400,
  code: null,
  parsed: true,
  ...patch,
});

/** Codes of Meta's documentation, one of each group at least. */
const DOCUMENTED: [code: number, kind: string, scope: string][] = [
  [0, 'credential', 'account'],
  [1, 'retry', 'message'],
  [2, 'retry', 'app'],
  [3, 'permanent', 'app'],
  [4, 'throttled', 'app'],
  [10, 'credential', 'account'],
  [33, 'policy', 'number'],
  [100, 'permanent', 'message'],
  [190, 'credential', 'account'],
  [200, 'credential', 'account'],
  [299, 'credential', 'account'],
  [368, 'policy', 'account'],
  [80007, 'throttled', 'account'],
  [130429, 'throttled', 'number'],
  [131000, 'retry', 'message'],
  [131016, 'retry', 'app'],
  [131026, 'permanent', 'pair'],
  [131031, 'policy', 'account'],
  [131042, 'policy', 'account'],
  [131047, 'permanent', 'pair'],
  [131048, 'policy', 'number'],
  [131050, 'permanent', 'pair'],
  [131056, 'throttled', 'pair'],
  [131057, 'throttled', 'number'],
  [132001, 'permanent', 'template'],
  [132015, 'policy', 'template'],
  [132018, 'permanent', 'message'],
  [133010, 'policy', 'number'],
  [138018, 'permanent', 'message'],
];

/** Codes as Meta's documentation, its OpenAPI description and its users give them, and numbers near them. */
const ANY_CODE = fc.oneof(
  fc.nat(1_000),
  fc.integer({ min: 80_000, max: 80_010 }),
  fc.integer({ min: 130_000, max: 148_000 }),
  fc.integer({ min: 200_000, max: 200_010 }),
  fc.integer({ min: 1_752_000, max: 2_600_000 }),
  fc.integer(),
);
const CLASSES = ['retry', 'throttled', 'credential', 'policy', 'permanent', 'unknown'];
const SCOPES = ['message', 'pair', 'number', 'template', 'account', 'app'];

describe('GRAPH_ERRORS', () => {
  const rowsWith = (code: number): number =>
    GRAPH_ERRORS.filter((row) =>
      row.codes.some((one) => (typeof one === 'number' ? one === code : one[0] <= code && code <= one[1])),
    ).length;

  it('holds every code in exactly one row', () => {
    const listed = GRAPH_ERRORS.flatMap(({ codes }) => codes.flatMap(allOf));
    for (const code of listed) expect([code, rowsWith(code)]).toEqual([code, 1]);
    fc.assert(fc.property(ANY_CODE, (code) => expect(rowsWith(code)).toBe(graphErrorRow(code) ? 1 : 0)));
  });

  it('gives every answer one class, one scope and something to do, in the table or not', () => {
    const failures = fc.record({
      httpStatus: fc.integer({ min: 200, max: 599 }),
      code: fc.option(ANY_CODE, { nil: null }),
      subcode: fc.option(ANY_CODE, { nil: null }),
      isTransient: fc.boolean(),
      parsed: fc.boolean(),
    });
    fc.assert(
      fc.property(failures, fc.boolean(), (one, forSend) => {
        const verdict = classifyGraphError(one, forSend);
        expect(CLASSES).toContain(verdict.class);
        expect(SCOPES).toContain(verdict.scope);
        expect(verdict.whatToDo).toMatch(/\.$/);
        expect(verdict.known).toBe(one.parsed && one.code !== null && rowsWith(one.code) === 1);
      }),
    );
  });

  it('says of each row what to do', () => {
    for (const { whatToDo } of GRAPH_ERRORS) expect(whatToDo).toMatch(/\.$/);
  });

  it.each(DOCUMENTED)('classes %i as %s of the %s', (code, kind, scope) => {
    expect(classifyGraphError(failure({ code }), true)).toMatchObject({ class: kind, scope, known: true });
  });
});

describe('classifyGraphError', () => {
  it.each([
    ['a template of a name that is taken', 2388024, 'permanent', 'template'],
    ['too many templates', 2388019, 'policy', 'account'],
    ['a number in maintenance', 2494100, 'throttled', 'number'],
    ['a callback that did not answer', 2200, 'permanent', 'account'],
    ['a code of the signup that was used', 36009, 'permanent', 'message'],
    ['an object that is not there', 33, 'permanent', 'message'],
    ['a subcode that nobody knows', 2999999, 'permanent', 'message'],
    ['a small subcode, which is no code', 190, 'permanent', 'message'],
  ])('reads 100 by its subcode: %s', (_, subcode, kind, scope) => {
    const verdict = classifyGraphError(failure({ code: 100, subcode }), false);
    expect(verdict).toMatchObject({ class: kind, scope, known: true });
  });

  it('reads the subcode of no other code', () => {
    expect(classifyGraphError(failure({ code: 190, subcode: 2388019 }), false).class).toBe('credential');
  });

  it('sends again after a 5xx only when it carries an error that is tried again', () => {
    const kind = (patch: Partial<GraphFailure>): string =>
      classifyGraphError(failure({ httpStatus: 500, ...patch }), true).class;
    expect(kind({ code: 131000 })).toBe('retry');
    expect(kind({ code: 131057 })).toBe('throttled');
    expect(kind({ code: 131045 })).toBe('unknown');
    expect(kind({ code: 999_999 })).toBe('unknown');
    expect(kind({ code: null, parsed: false })).toBe('unknown');
    // A proxy's page may hold a number, but not Graph's word.
    expect(kind({ code: 131000, parsed: false })).toBe('unknown');
  });

  it('keeps the scope of a code whose outcome is unknown', () => {
    expect(classifyGraphError(failure({ httpStatus: 500, code: 131045 }), true)).toMatchObject({
      class: 'unknown',
      scope: 'number',
    });
  });

  it.each([
    [{ httpStatus: 429 }, 'throttled', 'throttled'],
    [{ httpStatus: 401 }, 'credential', 'credential'],
    [{ httpStatus: 404, parsed: false }, 'permanent', 'permanent'],
    [{ httpStatus: 400, code: 999_999 }, 'permanent', 'permanent'],
    [{ httpStatus: 400, code: 999_999, isTransient: true }, 'unknown', 'retry'],
    [{ httpStatus: 408, parsed: false }, 'unknown', 'retry'],
    [{ httpStatus: 200, parsed: false }, 'unknown', 'retry'],
    [{ httpStatus: 302, parsed: false }, 'unknown', 'retry'],
    [{ httpStatus: 503, parsed: false }, 'unknown', 'retry'],
  ] as const)('guesses %j as %s for a send and %s for other calls', (patch, forSend, other) => {
    expect(classifyGraphError(failure(patch), true).class).toBe(forSend);
    expect(classifyGraphError(failure(patch), false).class).toBe(other);
  });

  it('never calls a send repeatable without Graph saying so below or at its own error', () => {
    const failures = fc.record({
      httpStatus: fc.integer({ min: 200, max: 599 }),
      code: fc.option(fc.oneof(fc.nat(300), fc.integer({ min: 130_000, max: 134_200 })), { nil: null }),
      isTransient: fc.boolean(),
      parsed: fc.boolean(),
    });
    fc.assert(
      fc.property(failures, (one) => {
        const verdict = classifyGraphError(one, true);
        if (verdict.class === 'retry') expect(one.parsed && graphErrorRow(one.code ?? -1)?.class).toBe('retry');
        if (!one.parsed && one.httpStatus >= 500) expect(verdict.class).toBe('unknown');
      }),
    );
  });
});

function allOf(codes: number | readonly [first: number, last: number]): number[] {
  if (typeof codes === 'number') return [codes];
  return Array.from({ length: codes[1] - codes[0] + 1 }, (_, place) => codes[0] + place);
}
