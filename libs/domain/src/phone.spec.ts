import fc from 'fast-check';
import { DomainError, InvalidPhone } from './domain-error.js';
import { maskPhone, parsePhone, waIdToE164 } from './phone.js';

describe('parsePhone', () => {
  it.each([
    ['+40 712-345 678', undefined, '+40712345678'],
    ['+40 (0)712 345 678', undefined, '+40712345678'],
    ['0712 345 678', 'RO', '+40712345678'],
    ['0712345678', 'ro', '+40712345678'],
    ['+1 (555) 078-3881', undefined, '+15550783881'],
    ['+55 88 8123-4567', undefined, '+558881234567'],
    ['+521 55 1234 5678', undefined, '+525512345678'],
    ['+44 20 7946 0958', 'RO', '+442079460958'],
  ])('reads %s (%s) as %s', (input, country, e164) => {
    expect(parsePhone(input, country)).toBe(e164);
  });

  it.each([
    '',
    ' ',
    '+',
    'abc',
    '0712345678',
    '40712345678',
    '+999123456789',
    '+40123',
    '+1234',
    '+4071234567890123',
    'call +40712345678',
    '+40712345678x',
    '+40712345678 ext. 5',
    '+'.repeat(5000),
  ])('refuses %s', (input) => {
    expect(() => parsePhone(input)).toThrow(InvalidPhone);
  });

  it('does not guess a country that does not exist', () => {
    expect(() => parsePhone('0712345678', 'XX')).toThrow(InvalidPhone);
  });

  it('gives E.164 or InvalidPhone for any text, and leaves E.164 as it is', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\+?[0-9 ()-]{0,20}$/),
      fc.stringMatching(/^\+40[237][0-9]{8}$/),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(undefined, 'RO', 'US'), (text, country) => {
        try {
          const phone = parsePhone(text, country);
          expect(phone).toMatch(/^\+\d{7,15}$/);
          expect(parsePhone(phone)).toBe(phone);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPhone);
          expect((error as DomainError).httpStatus).toBe(400);
          if (/\d{5}/.test(text)) expect(JSON.stringify(error)).not.toContain(text);
        }
      }),
    );
  });
});

describe('waIdToE164', () => {
  it.each([
    ['16505551234', '+16505551234'],
    ['5215512345678', '+525512345678'],
    ['555188123456', '+555188123456'],
    ['US.13491208655302741918', null],
    ['', null],
    ['123', null],
  ])('reads %s as %s', (waId, phone) => {
    expect(waIdToE164(waId)).toBe(phone);
  });
});

describe('maskPhone', () => {
  it('shows the start and the last three digits only', () => {
    expect(maskPhone('+40712345123')).toBe('+40•••••123');
    expect(maskPhone('40712345123')).toBe('+40•••••123');
    expect(maskPhone('12345')).toBe('•••••');
  });
});
