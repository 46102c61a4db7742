/** Where things are kept. Everything that the commands write is below `.parley`, which git ignores. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
export const STATE_DIR = join(ROOT, '.parley');
export const RUN_DIR = join(STATE_DIR, 'run');
export const LOG_DIR = join(STATE_DIR, 'logs');
export const SECRETS_FILE = join(STATE_DIR, 'secrets.json');
export const DEMO_KEY_FILE = join(STATE_DIR, 'demo-api-key');

/**
 * A folder of this clone that every user may enter: the stand-in for `.parley` where the clone itself lies under a home
 * that only root can enter (Postgres refuses to run as root).
 */
export const SHARED_STATE_DIR = join(
  '/var/tmp',
  `parley-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`,
);
