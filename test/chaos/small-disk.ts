import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE_MB = 400;

/** A file system of its own over the folder of Postgres' data, so that only this one fills up. Linux, and root only. */
export class SmallDisk {
  private readonly atExit = (): void => this.unmount();

  private constructor(private readonly folder: string) {}

  /** Whether this machine lets us mount one. */
  static isPossible(): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'parley-disk-'));
    const isMounted = mount(folder, 1);
    if (isMounted) spawnSync('umount', [folder]);
    rmdirSync(folder);
    return isMounted;
  }

  static mount(folder: string): SmallDisk {
    mkdirSync(folder, { recursive: true });
    if (!mount(folder, SIZE_MB)) throw new Error('A disk that may fill up needs root, and a system that lets it mount a tmpfs.');
    const disk = new SmallDisk(folder);
    process.once('exit', disk.atExit);
    return disk;
  }

  /** Takes all that is free. Returns how many MB that was. */
  fill(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    const bytes = Math.max(0, bavail * bsize);
    writeFileSync(this.ballast, Buffer.alloc(bytes));
    return Math.round(bytes / 1_048_576);
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    process.off('exit', this.atExit);
    spawnSync('umount', ['--lazy', this.folder]);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}

function mount(folder: string, sizeMb: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'parley-chaos', folder], { stdio: 'ignore' }).status === 0;
}
