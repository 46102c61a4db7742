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

describe('GRAPH_ERRORS', () => {
  it('holds every code in exactly one row', () => {
    const rowsWith = (code: number): number =>
      GRAPH_ERRORS.filter((row) =>
        row.codes.some((one) => (typeof one === 'number' ? one === code : one[0] <= code && code <= one[1])),
      ).length;
    const listed = GRAPH_ERRORS.flatMap(({ codes }) => codes.flat());
    for (const code of listed) expect([code, rowsWith(code)]).toEqual([code, 1]);
    fc.assert(
      fc.property(fc.oneof(fc.nat(1000), fc.integer({ min: 130_000, max: 148_000 })), (code) => {
        expect(rowsWith(code)).toBe(graphErrorRow(code) ? 1 : 0);
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
