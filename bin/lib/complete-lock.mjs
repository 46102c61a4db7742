/**
 * Completes package-lock.json after `npm install`: adds the optional packages of other platforms that npm left out.
 *
 * npm leaves an optional package out of the lock file when the registry in use does not have it (mirrors often lack the
 * binaries of rare platforms), and from then on `npm ci` refuses that lock file everywhere. The packages in question
 * are pinned exactly by the package that wants them, so that the entry can be written without asking: its version from
 * there, its platform from its name. Usage: node bin/lib/complete-lock.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = 'package-lock.json';
const PLATFORM =
  /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|windows)-(arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-(gnu|musl))?/;

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const added = [];
const isThere = (name, version) =>
  Object.entries(lock.packages).some(
    ([path, entry]) => path.endsWith(`node_modules/${name}`) && (entry.version === version || /^[~^]/.test(version)),
  );

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(name, version)) continue;
    const [, os, cpu, libc] = PLATFORM.exec(name) ?? [];
    if (!os || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      throw new Error(`${path} wants ${name}@${version}: no platform binary, add it by hand`);
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc === 'gnu' ? 'glibc' : 'musl'] } : {}),
      license: entry.license,
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.length}:\n${added.join('\n')}` : 'nothing is missing');
