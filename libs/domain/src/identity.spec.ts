import fc from 'fast-check';
import { type BookEntry, laterEntry } from './identity-book.js';
import { relinkingOf } from './identity-change.js';
import { groupPersons, matchPerson } from './identity-groups.js';
import { consentsToTake, mayBeOnePerson, type ScopedConsent, stricter } from './identity-merge.js';
import { displayName, identitiesOf, type Identity, isDerivedPhone, meetingPoint, numberVariants, variantsOf } from './identity.js';

const phone = (value: string): Identity => ({ kind: 'phone', value });
const waId = (value: string): Identity => ({ kind: 'wa_id', value });
const bsuid = (value: string): Identity => ({ kind: 'bsuid', value });

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const brazilian = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 6, max: 9 }), digits(7));

describe('the forms of one phone number', () => {
  it.each([
    ['5511988887777', ['551188887777']],
    ['551188887777', ['5511988887777']],
    ['5215512345678', ['525512345678']],
    ['525512345678', ['5215512345678']],
    ['5491123456789', ['541123456789']],
    ['541123456789', ['5491123456789']],
  ])('%s is also %j', (number, variants) => expect(numberVariants(number)).toEqual(variants));

  it.each(['40722000111', '551133334444', '5511933334444', '550188887777', '16505551234', 'US.1349', '', '55'])('%s has one form only', (number) => {
    expect(numberVariants(number)).toEqual([]);
  });

  it('lead back to each other, and meet in one point', () => {
    fc.assert(
      fc.property(brazilian, ([a, b, first, rest]) => {
        const short = `55${a}${b}${first}${rest}`;
        const [long = ''] = numberVariants(short);
        expect(numberVariants(long)).toEqual([short]);
        expect(meetingPoint(waId(long))).toBe(meetingPoint(phone(`+${short}`)));
      }),
    );
  });

  it('of any text are fewer than two, never the text itself, and never a form of something else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits(12), digits(13)), (text) => {
        const variants = numberVariants(text);
        expect(variants.length).toBeLessThan(2);
        for (const variant of variants) expect([variant, numberVariants(variant)]).toEqual([expect.not.stringMatching(`^${text}$`), [text]]);
      }),
    );
  });

  it('are looked up as WhatsApp id and as phone number; other ids have none', () => {
    expect(variantsOf(waId('551188887777'))).toEqual([waId('5511988887777'), phone('+5511988887777')]);
    expect(variantsOf(bsuid('BR.551188887777'))).toEqual([]);
  });
});

describe('the identities of a user', () => {
  it('are what Meta sent, strongest first, and the number made of it', () => {
    const user = { waId: '5215512345678', userId: 'MX.1', parentUserId: 'MX.ENT.1' };
    const identities = identitiesOf(user);
    expect(identities).toEqual([bsuid('MX.1'), waId('5215512345678'), phone('+525512345678'), { kind: 'parent_bsuid', value: 'MX.ENT.1' }]);
    expect(identities.map((one) => isDerivedPhone(one, identities))).toEqual([false, false, true, false]);
    expect(isDerivedPhone(phone('+40722000111'), identities)).toBe(false);
    expect(identitiesOf({ waId: null, userId: null, parentUserId: null })).toEqual([]);
    // What is nothing once it can be stored would be everybody's.
    expect(identitiesOf({ waId: '', userId: null, parentUserId: '\u0000' })).toEqual([]);
  });
});

describe('matching', () => {
  const owners = (known: Readonly<Record<string, string>>) => ({ kind, value }: Identity) => known[`${kind} ${value}`];
  const match = (identities: Identity[], known: Readonly<Record<string, string>>) => matchPerson(identities, identities.flatMap(variantsOf), owners(known));

  it('goes by the strongest id that is known', () => {
    expect(match([bsuid('A'), waId('40722')], { 'wa_id 40722': 'x' })).toEqual({ contactId: 'x', alsoId: null });
  });

  it('finds two contacts to be one person', () => {
    expect(match([bsuid('A'), waId('40722')], { 'bsuid A': 'x', 'wa_id 40722': 'y' })).toEqual({ contactId: 'x', alsoId: 'y' });
    expect(match([bsuid('A'), waId('551188887777')], { 'bsuid A': 'x', 'phone +5511988887777': 'y' })).toEqual({ contactId: 'x', alsoId: 'y' });
  });

  it('goes by another form of the number only where one contact has it', () => {
    const identities = [waId('551188887777'), phone('+551188887777')];
    expect(match(identities, { 'phone +5511988887777': 'x' })).toEqual({ contactId: 'x', alsoId: null });
    expect(match(identities, { 'phone +5511988887777': 'x', 'wa_id 5511988887777': 'y' })).toEqual({ contactId: null, alsoId: null });
    expect(match(identities, { 'wa_id 551188887777': 'z', 'phone +5511988887777': 'x' })).toEqual({ contactId: 'z', alsoId: null });
  });

  it('joins strangers of one set over any number of steps, whatever their order, and nobody else', () => {
    const person = fc.record({ scope: fc.constantFrom('t1', 't2'), identities: fc.array(fc.constantFrom(bsuid('A'), bsuid('B'), phone('+551188887777'), waId('5511988887777'), phone('+40722')), { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(person, { maxLength: 8 }), (persons) => {
        const groups = groupPersons(persons);
        const keysOf = (at: number) => new Set(persons[at]!.identities.map((one) => `${persons[at]!.scope} ${meetingPoint(one)}`));
        // Joined pair by pair until nothing changes: what the union must come to.
        const naive = persons.map((_, at) => at);
        for (let again = true; again; ) {
          again = false;
          for (const [a] of persons.entries()) for (const [b] of persons.entries()) {
            if (naive[a] === naive[b] || ![...keysOf(a)].some((key) => keysOf(b).has(key))) continue;
            const low = Math.min(naive[a]!, naive[b]!);
            const high = Math.max(naive[a]!, naive[b]!);
            for (const [c] of persons.entries()) if (naive[c] === high) naive[c] = low;
            again = true;
          }
        }
        expect(groups).toEqual(naive);
      }),
    );
  });
});

describe('a change of identity', () => {
  const content = { wamid: 'w', at: null, keyHash: null };
  const of = (waIdOf: string | null, userId: string | null) => ({ waId: waIdOf, userId, parentUserId: null });

  it('of number retires the old number and gains the new one', () => {
    expect(relinkingOf({ ...content, change: 'number', previous: of('40722', null), current: of('40733000111', null) })).toEqual({
      retired: [waId('40722')],
      gained: [waId('40733000111'), phone('+40733000111')],
    });
  });

  it('of number retires the old user id only where the new one is told', () => {
    const previous = of('40722000111', 'RO.1');
    expect(relinkingOf({ ...content, change: 'number', previous, current: of('40733000111', null) }).retired).toEqual([waId('40722000111'), phone('+40722000111')]);
    expect(relinkingOf({ ...content, change: 'number', previous, current: of('40733000111', 'RO.2') }).retired).toContainEqual(bsuid('RO.1'));
    expect(relinkingOf({ ...content, change: 'number', previous, current: of('40733000111', 'RO.1') }).retired).not.toContainEqual(bsuid('RO.1'));
  });

  it('of user id leaves the number, and of key everything', () => {
    const both = { previous: of('40722000111', 'RO.1'), current: of('40722000111', 'RO.2') };
    expect(relinkingOf({ ...content, change: 'user-id', ...both })).toMatchObject({ retired: [bsuid('RO.1')] });
    expect(relinkingOf({ ...content, change: 'key', ...both })).toEqual({ retired: [], gained: [] });
  });
});

describe('names', () => {
  it('are shown in this order: the tenant’s own, the book’s, the person’s, the username', () => {
    const names = { givenName: 'Given', bookName: 'Book', profileName: 'Profile', username: '@user' };
    expect(displayName(names)).toBe('Given');
    expect(displayName({ ...names, givenName: null })).toBe('Book');
    expect(displayName({ ...names, givenName: null, bookName: null })).toBe('Profile');
    expect(displayName({ givenName: null, bookName: null, profileName: null, username: 'user' })).toBe('@user');
    expect(displayName({ givenName: null, bookName: null, profileName: null, username: null })).toBeNull();
  });

  it('of the phone book end alike in any order', () => {
    const entry = fc.record({ name: fc.option(fc.constantFrom('Ana', 'Ion', 'Zoe')), at: fc.constantFrom(new Date(0), new Date(1_000), new Date(2_000)) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 6 }).chain((entries) => fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length }))), ([one, other]) => {
        const end = (entries: readonly BookEntry[]) => entries.reduce(laterEntry);
        expect(end(one)).toEqual(end(other));
        expect(end([...one, ...one])).toEqual(end(one));
      }),
    );
  });
});

describe('joining two contacts', () => {
  const consent = (status: ScopedConsent['status'], phoneNumberId: string | null = null): ScopedConsent => ({ purpose: 'marketing', phoneNumberId, status });

  it('lets the stricter decision win', () => {
    expect(consentsToTake([consent('GRANTED')], [consent('REVOKED')])).toEqual([consent('REVOKED')]);
    expect(consentsToTake([consent('DENIED')], [consent('GRANTED')])).toEqual([]);
    expect(consentsToTake([], [consent('GRANTED')])).toEqual([consent('GRANTED')]);
    expect(consentsToTake([consent('GRANTED')], [consent('REVOKED', 'n')])).toEqual([consent('REVOKED', 'n')]);
  });

  it('finds the same stricter decision from both sides', () => {
    const status = fc.constantFrom('GRANTED' as const, 'DENIED' as const, 'REVOKED' as const);
    fc.assert(fc.property(status, status, (a, b) => expect(stricter(a, b)).toBe(stricter(b, a))));
  });

  it('is not done by itself where both have a user id', () => {
    expect(mayBeOnePerson(['RO.1'], ['RO.2'])).toBe(false);
    expect(mayBeOnePerson(['RO.1'], [])).toBe(true);
  });
});
