/**
 * The browser of the browser tests: the one that is installed, else Debian's, brought by apt where that may be done.
 * Needed by the tests only, so it is no part of the set-up that every command does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const INSTALL = [
  ['update', '-qq'],
  ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-color-emoji'],
];

const installed = () => [process.env.TEST_CHROMIUM, ...PLACES].find((path) => path && existsSync(path)) ?? null;

/**
 * The path of a Chromium.
 * @returns {{path: string} | {path: null, reason: string}} a sentence for people where there is none
 */
export function chromium() {
  const path = installed();
  if (path !== null) return { path };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return {
      path: null,
      reason: 'There is no Chromium on this machine: install one (Debian: apt-get install chromium).',
    };
  }
  console.error("Set-up: Debian's chromium ...");
  for (const args of INSTALL) {
    const { status, stderr } = spawnSync('apt-get', args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) {
      const why = stderr?.trim().split('\n').at(-1) ?? 'no answer';
      return { path: null, reason: `apt-get ${args[0]} could not bring Chromium: ${why}` };
    }
  }
  const brought = installed();
  return brought === null ? { path: null, reason: 'apt-get brought a package without a browser.' } : { path: brought };
}
