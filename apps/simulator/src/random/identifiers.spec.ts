import { Identifiers, wamid } from './identifiers.js';
import { SeededRandom } from './seeded-random.js';

describe('wamid', () => {
  it('is made as a real one is', () => {
    expect(wamid('16467043595', 'outbound', '5F425A74F13033492')).toMatch(/^wamid\.HBgLMTY0NjcwNDM1OTUVAgAR/);
    expect(wamid('16467043595', 'outbound', '5B5F425A74F1303349')).toBe(
      'wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1QjVGNDI1QTc0RjEzMDMzNDkA',
    );
  });

  it('tells the direction by one byte', () => {
    const bytes = (direction: 'inbound' | 'outbound') =>
      Buffer.from(wamid('16467043595', direction, 'AB').slice('wamid.'.length), 'base64');
    expect(bytes('outbound')[17]).toBe(0x11);
    expect(bytes('inbound')[17]).toBe(0x12);
  });
});

describe('Identifiers', () => {
  it('draws wamids of several lengths, each once', () => {
    const identifiers = new Identifiers(new SeededRandom(7));
    const drawn = Array.from({ length: 5000 }, () => identifiers.wamid('5511999998888', 'outbound'));
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(new Set(drawn.map((id) => id.length)).size).toBe(3);
  });

  it('draws the same ids from the same seed, whatever else was drawn in between', () => {
    const quiet = new Identifiers(new SeededRandom(7));
    const busy = new Identifiers(new SeededRandom(7));
    busy.trace();
    expect(busy.wamid('1', 'inbound')).toBe(quiet.wamid('1', 'inbound'));
  });

  it('draws traces of 23 characters that start with A', () => {
    expect(new Identifiers(new SeededRandom(1)).trace()).toMatch(/^A[\w-]{22}$/);
  });
});
