import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files that belong to the repository: all but what .gitignore names. Told without git, since a clone may have been
 * unpacked from an archive.
 */
export function committedFiles(root: string): string[] {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const ignored = ['.git/', ...lines];
  const isIgnored = (path: string, name: string, isFolder: boolean) =>
    ignored.some((pattern) => {
      if (pattern.endsWith('/')) return isFolder && [path, name].includes(pattern.slice(0, -1));
      return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
    });
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isIgnored(path, entry.name, entry.isDirectory())) return [];
      return entry.isDirectory() ? below(path) : [path];
    });
  return below('').sort();
}
