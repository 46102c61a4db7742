import { applyPatch } from 'rfc6902';
import fc from 'fast-check';
import { diffTemplates } from './template-diff.js';

const BODY = { type: 'BODY', text: 'Hello {{1}}, see you' };

describe('the difference of two versions', () => {
  it('says in a line for each component what changed', () => {
    const from = { category: 'UTILITY', components: [{ type: 'HEADER', format: 'IMAGE' }, BODY, { type: 'FOOTER', text: 'Bistro' }] };
    const to = {
      category: 'MARKETING',
      components: [{ type: 'HEADER', format: 'IMAGE' }, { ...BODY, text: 'Bye {{1}}' }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes' }] }],
    };
    expect(diffTemplates(from, to).lines).toEqual([
      'Category: UTILITY → MARKETING',
      'Body: “Hello {{1}}, see you” → “Bye {{1}}”',
      'Footer removed: “Bistro”',
      'Buttons added: “Yes”',
    ]);
    expect(diffTemplates(from, from)).toEqual({ patch: [], lines: [] });
  });

  it('tells of a change that no text shows', () => {
    const withExample = { ...BODY, example: { body_text: [['Ana']] } };
    const { lines, patch } = diffTemplates({ category: 'UTILITY', components: [BODY] }, { category: 'UTILITY', components: [withExample] });
    expect(lines).toEqual(['Body: settings changed']);
    expect(patch).toEqual([{ op: 'add', path: '/components/0/example', value: { body_text: [['Ana']] } }]);
  });

  /** A member of this name is refused by the patch, and by Meta. */
  const isPlain = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__');

  it('makes the one of the other, whatever they hold', () => {
    const version = fc.record({ category: fc.constantFrom('UTILITY', 'MARKETING'), components: fc.array(fc.jsonValue().filter(isPlain)) });
    fc.assert(
      fc.property(version, version, (from, to) => {
        const one = structuredClone(from);
        const failures = applyPatch(one, diffTemplates(from, to).patch).filter((error) => error !== null);
        expect([failures, JSON.parse(JSON.stringify(one))]).toEqual([[], JSON.parse(JSON.stringify(to))]);
      }),
    );
  });
});
