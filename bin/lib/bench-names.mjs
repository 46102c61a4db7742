/** Which benches there are: one for each file of bench/, as built. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

export const BENCH_DIR = join(ROOT, 'dist', 'bench');

/** @returns {string[]} */
export function benchNames() {
  const files = existsSync(BENCH_DIR) ? readdirSync(BENCH_DIR) : [];
  return files.filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -'.js'.length));
}
