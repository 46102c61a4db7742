import { isTooDeep } from './body-parser.js';

const deep = (json: string): boolean => isTooDeep(Buffer.from(json));

describe('isTooDeep', () => {
  it.each([
    ['32 lists', '['.repeat(32), false],
    ['33 lists', '['.repeat(33), true],
    ['33 objects and lists', '{"a":['.repeat(17), true],
    ['many beside each other', `[${'[],{},'.repeat(1_000)}1]`, false],
    ['brackets in a text', `"${'[{'.repeat(1_000)}"`, false],
    ['brackets behind an escaped quote', `"\\"${'['.repeat(100)}"`, false],
    ['brackets behind an escaped backslash', `["\\\\",${'['.repeat(40)}`, true],
    ['a text that does not end', '"\\', false],
    ['nothing', '', false],
  ])('of %s', (_, json, expected) => {
    expect(deep(json)).toBe(expected);
  });
});
