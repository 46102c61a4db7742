import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERRORS } from '@parley/domain';
import { declaredVariables } from './config/variable.js';
import { errorPage } from './problem/errors.reference.js';
import { REFERENCE_COMMAND, renderReference, writeReference } from './reference.js';

const ROOT = join(import.meta.dirname, '../../..');

describe('generated reference', () => {
  it.each(Object.entries(renderReference()))('%s is what its declaration says', (path, content) => {
    const isFresh = readFileSync(join(ROOT, path), 'utf8') === content;
    expect(isFresh ? 'fresh' : `${path} is stale: run ${REFERENCE_COMMAND}`).toBe('fresh');
  });

  it('writes the files below the given root', () => {
    const root = mkdtempSync(join(tmpdir(), 'parley-reference-'));
    writeReference(root);
    for (const [path, content] of Object.entries(renderReference())) {
      expect(readFileSync(join(root, path), 'utf8')).toBe(content);
    }
    rmSync(root, { recursive: true });
  });

  it('has a section for every error code', () => {
    const page = renderReference()['docs/reference/errors.md'] ?? '';
    expect(Object.keys(ERRORS).filter((code) => !page.includes(`<a id="${code}"></a>`))).toEqual([]);
  });

  it('names every variable in .env.example once, none of them switched on', () => {
    const lines = (renderReference()['.env.example'] ?? '').split('\n');
    const counts = declaredVariables().map(({ name }) => lines.filter((line) => line.startsWith(`#${name}=`)).length);
    expect(new Set(counts)).toEqual(new Set([1]));
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});

describe('errorPage', () => {
  it('explains every code', () => {
    const missing = Object.keys(ERRORS).filter((code) => !errorPage(code)?.includes(code));
    expect(missing).toEqual([]);
  });

  it.each(['nope', '__proto__', '<script>'])('has no page for %j', (code) => {
    expect(errorPage(code)).toBeNull();
  });
});
