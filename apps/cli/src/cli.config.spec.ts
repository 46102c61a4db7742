import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsFrom } from './cli.config.js';
import { CliFailure } from './failure.js';

describe('the settings of the CLI', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'parley-cli-'));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('come from flags, then from the environment, then from what bin/dev left', () => {
    mkdirSync(join(root, '.parley'));
    writeFileSync(join(root, '.parley', 'demo-api-key'), 'demo-key\n');
    const env = { PARLEY_URL: 'https://parley.example/', PARLEY_API_KEY: 'own-key' };
    expect(settingsFrom({ url: 'http://127.0.0.1:9', apiKey: 'flag-key' }, env, root).apiKey()).toBe('flag-key');
    expect(settingsFrom({}, env, root)).toMatchObject({
      url: 'https://parley.example',
      simulatorUrl: 'http://127.0.0.1:4000',
    });
    expect(settingsFrom({}, env, root).apiKey()).toBe('own-key');
    expect(settingsFrom({}, {}, root).apiKey()).toBe('demo-key');
    expect(settingsFrom({}, {}, root).url).toBe('http://127.0.0.1:3000');
  });

  it('ask for a key only where one is needed, and say how to give it', () => {
    const settings = settingsFrom({}, {}, root);
    expect(() => settings.apiKey()).toThrow(/--api-key or PARLEY_API_KEY/);
    expect(() => settings.apiKey()).toThrow(CliFailure);
  });

  it('know the token of the demo account, and of no other', () => {
    mkdirSync(join(root, 'prisma'));
    writeFileSync(join(root, 'prisma', 'demo.json'), JSON.stringify({ wabaId: '1', accessToken: 'demo-token' }));
    expect(settingsFrom({}, {}, root).accessToken('1')).toBe('demo-token');
    expect(() => settingsFrom({}, {}, root).accessToken('2')).toThrow(/account 2/);
    expect(settingsFrom({ accessToken: 'own' }, {}, root).accessToken('1')).toBe('own');
  });

  it.each(['parley.example', 'ftp://parley.example', 'javascript:1'])('refuse %s as an address', (url) => {
    expect(() => settingsFrom({ url }, {}, root)).toThrow(/--url or PARLEY_URL/);
  });
});
