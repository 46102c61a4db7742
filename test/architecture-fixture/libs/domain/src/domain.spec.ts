import fc from 'fast-check';

export const property = fc.property;
it.skip('is not looked at', () => {}); // lint: no-restricted-syntax
