import { printable, table } from './terminal.js';

describe('a table', () => {
  it('has columns as wide as their widest cell, whatever its colour', () => {
    expect(
      table([
        ['\u001b[32mok\u001b[39m', 'token', 'valid'],
        ['fail', 'subscription', 'none'],
      ]),
    ).toEqual(['\u001b[32mok\u001b[39m    token         valid', 'fail  subscription  none']);
  });
});

describe('text from outside', () => {
  it('cannot move the cursor, colour what follows or begin a line', () => {
    expect(printable('a\u001b[2J\u001b[31mb\r\nc\u0007')).toBe('ab c ');
    expect(printable('Bună, Ana 👋')).toBe('Bună, Ana 👋');
  });
});
