import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderConfigReference, renderEnvExample } from './config/config.reference.js';
import { renderLogEventsReference } from './logging/log-events.reference.js';
import { renderMetricsReference } from './metrics/metrics.reference.js';
import { renderErrorsReference } from './problem/errors.reference.js';

/** How a stale file is renewed; the specs say it too. */
export const REFERENCE_COMMAND = 'npm run reference';

/** Every generated document of this library by its path from the root of the repository. */
export function renderReference(): Readonly<Record<string, string>> {
  return {
    '.env.example': renderEnvExample(),
    'docs/reference/config.md': renderConfigReference(),
    'docs/reference/errors.md': renderErrorsReference(),
    'docs/reference/log-events.md': renderLogEventsReference(),
    'docs/reference/metrics.md': renderMetricsReference(),
  };
}

/** Writes them all. */
export function writeReference(root: string): void {
  for (const [path, content] of Object.entries(renderReference())) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
