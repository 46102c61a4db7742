import { readAudienceEntry } from './campaign-audience.js';

describe('an entry of an audience', () => {
  it('is read whole', () => {
    const entry = { to: '+40 723 000 111', locale: 'ro', timeZone: 'Europe/Bucharest', fields: { name: 'Ana' } };
    expect(readAudienceEntry(entry)).toEqual({ phone: '+40723000111', country: 'RO', contactId: null, locale: 'ro', timeZone: 'Europe/Bucharest', fields: { name: 'Ana' } });
    const contactId = '0199A1B2-0000-7000-8000-000000000001';
    expect(readAudienceEntry({ contactId })).toEqual({ phone: null, country: null, contactId: contactId.toLowerCase(), locale: '', timeZone: '', fields: null });
  });

  it('takes a number without its calling code where the country is known', () => {
    expect(readAudienceEntry({ to: '0723 000 111' }, 'RO')).toMatchObject({ phone: '+40723000111' });
    expect(readAudienceEntry({ to: '0723 000 111' })).toBe('phone.invalid');
  });

  it.each([
    [null, 'recipient.not-one'],
    ['+40723000111', 'recipient.not-one'],
    [{}, 'recipient.not-one'],
    [{ to: '+40723000111', contactId: '0199a1b2-0000-7000-8000-000000000001' }, 'recipient.not-one'],
    [{ to: 40723000111 }, 'recipient.not-one'],
    [{ to: 'x' }, 'phone.invalid'],
    [{ contactId: 'x' }, 'contact.not-found'],
    [{ to: '+40723000111', timeZone: 'Mars/Base' }, 'time-zone.unknown'],
    [{ to: '+40723000111', locale: 'no locale' }, 'locale.invalid'],
    [{ to: '+40723000111', fields: { name: 1 } }, 'fields.invalid'],
    [{ to: '+40723000111', fields: { name: 'x'.repeat(1_025) } }, 'fields.invalid'],
    [{ to: '+40723000111', fields: { name: 'a\0' } }, 'text.invalid-character'],
  ])('%j: %s', (entry, fault) => {
    expect(readAudienceEntry(entry)).toBe(fault);
  });
});
