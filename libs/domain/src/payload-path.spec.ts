import { payloadMatches, payloadPath } from './payload-path.js';

const PAYLOAD = {
  entry: [
    { id: '1', changes: [{ field: 'messages', value: { statuses: [{ errors: [{ code: 131026 }] }, { errors: [{ code: 131049 }] }], 'a/b': null, 'm~n': false } }] },
    { id: '2', time: '12345678901234567890', changes: [] },
  ],
};

const matches = (path: string, value: string | null = null): boolean => payloadMatches(PAYLOAD, payloadPath(path, value)!);

describe('a path into a payload', () => {
  it.each([
    ['/entry/0/changes/0/field', 'messages'],
    ['/entry/0/changes/0/value/statuses/1/errors/0/code', '131049'],
    ['/entry/0/changes/0/value/a~1b', 'null'],
    ['/entry/0/changes/0/value/m~0n', 'false'],
    ['/entry/1/changes', null],
    ['entry.changes.value.statuses.errors.code', '131049'],
    ['entry.changes.value.statuses.errors.code', '131026'],
    ['entry.1.time', '12345678901234567890'],
    ['entry.id', '2'],
  ])('%s with %j is found', (path, value) => expect(matches(path, value)).toBe(true));

  it.each([
    ['/entry/0/changes/0/field', 'account_update'],
    ['/entry/changes', null],
    ['/entry/2', null],
    ['/entry/00', null],
    ['/entry/-1', null],
    ['entry.changes.value.statuses.errors.code', '1'],
    ['entry.changes.value', '[object Object]'],
    ['entry.changes.toString', null],
    ['entry.id.length', null],
  ])('%s with %j is not', (path, value) => expect(matches(path, value)).toBe(false));

  it.each(['', 'a..b', '.a', 'a.', Array.from({ length: 31 }, () => 'a').join('.')])('%j is none', (path) => expect(payloadPath(path, null)).toBeNull());
});
