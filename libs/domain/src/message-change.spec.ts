import fc from 'fast-check';
import { foldChanges, type ChangeableMessage, type MessageChange } from './message-change.js';

const ORIGINAL: ChangeableMessage = { kind: 'text', content: '"first"', editedAt: null, revokedAt: null, known: [] };
const edit = (wamid: string, second: number, text = wamid): MessageChange => ({
  type: 'edited', wamid, at: new Date(second * 1_000), version: { kind: 'text', content: JSON.stringify(text) },
});
const revoke = (wamid: string, second: number): MessageChange => ({ type: 'revoked', wamid, at: new Date(second * 1_000) });

/** One change after the other, as if each came in a webhook of its own. */
function inTurn(changes: readonly MessageChange[]) {
  let message = ORIGINAL;
  const versions: string[] = [];
  for (const change of changes) {
    const { steps, ...after } = foldChanges(message, [change]);
    versions.push(...steps.flatMap(({ earlier }) => earlier?.content ?? []));
    message = { ...after, known: [...message.known, ...steps.map((step) => step.change)] };
  }
  const { known: _, ...said } = message;
  return { ...said, versions: versions.sort() };
}

it('says what the latest edit says, and keeps what was said before', () => {
  const { steps, ...after } = foldChanges(ORIGINAL, [edit('b', 2), edit('a', 1)]);
  expect(after).toEqual({ kind: 'text', content: '"b"', editedAt: new Date(2_000), revokedAt: null });
  expect(steps.map(({ change, earlier }) => [change.wamid, earlier?.content])).toEqual([['a', '"first"'], ['b', '"a"']]);
});

it('keeps the content of what was taken back', () => {
  const { steps, ...after } = foldChanges(ORIGINAL, [revoke('r', 5)]);
  expect(after).toEqual({ kind: 'text', content: '"first"', editedAt: null, revokedAt: new Date(5_000) });
  expect(steps).toHaveLength(1);
});

it('has no news of a change that it has seen', () => {
  expect(foldChanges({ ...ORIGINAL, known: [edit('a', 1)] }, [edit('a', 1)]).steps).toEqual([]);
  expect(foldChanges({ ...ORIGINAL, revokedAt: new Date(1_000) }, [revoke('r', 5)])).toMatchObject({ revokedAt: new Date(1_000), steps: [] });
});

it('lets no older edit come back when the steps of the message are gone', () => {
  expect(foldChanges({ ...ORIGINAL, content: '"second"', editedAt: new Date(5_000) }, [edit('a', 1)])).toMatchObject({ content: '"second"', editedAt: new Date(5_000) });
});

it('ends alike in any order and any number of deliveries', () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean()).chain(([wamid, isEdit]) =>
    fc.constant(isEdit ? edit(`e-${wamid}`, wamid.charCodeAt(0) % 2) : revoke(`r-${wamid}`, wamid.charCodeAt(0))),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([one, other]) => {
      expect(inTurn(other)).toEqual(inTurn(one));
      expect(inTurn([...one, ...other])).toEqual(inTurn(one));
      const { steps: _, ...atOnce } = foldChanges(ORIGINAL, one);
      expect(inTurn(one)).toMatchObject(atOnce);
    }),
  );
});
