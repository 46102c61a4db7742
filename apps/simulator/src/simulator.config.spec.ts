import { readConfig } from './simulator.config.js';

describe('readConfig', () => {
  it('has defaults, and a new seed at each start', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000 });
    expect(readConfig({}).seed).not.toBe(readConfig({}).seed);
  });

  it('names every variable that is wrong', () => {
    expect(() => readConfig({ SIMULATOR_PORT: '70000', SIMULATOR_SEED: 'x' })).toThrow(
      /SIMULATOR_PORT.*SIMULATOR_SEED/,
    );
  });
});
