import { waIdOf } from './wa-id.js';

describe('waIdOf', () => {
  it.each([
    ['Mexico', '525512345678', '5215512345678'],
    ['Mexico, written as WhatsApp does', '5215512345678', '5215512345678'],
    ['Argentina', '541123456789', '5491123456789'],
    ['Argentina, written as WhatsApp does', '5491123456789', '5491123456789'],
    ['Brazil, an area that keeps the old form', '5531987654321', '553187654321'],
    ['Brazil, an area with the new form', '5511987654321', '5511987654321'],
    ['Brazil, the old form where the new one is in use', '551187654321', '5511987654321'],
    ['Romania', '40721000001', '40721000001'],
    ['a short number of Mexico', '5255123456', '5255123456'],
  ])('%s', (_country, phone, waId) => {
    expect(waIdOf(phone)).toBe(waId);
  });
});
