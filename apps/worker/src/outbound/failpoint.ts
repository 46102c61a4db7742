/** Named places in the way of a send, where a test stops the process as a crash would. */
export const FAILPOINTS = ['before-mark', 'after-mark', 'after-post', 'after-record'] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let armed: { point: string; passes: number } | undefined;

/** Arms one place: `after-mark:3` kills the process when it comes there for the third time. Undefined disarms. */
export function armFailpoint(setting: string | undefined): void {
  const [point, passes] = setting?.split(':') ?? [];
  armed = point === undefined ? undefined : { point, passes: Number(passes) };
}

/** Costs one comparison where nothing is armed. */
export function failpoint(point: Failpoint): void {
  if (armed?.point !== point) return;
  armed.passes -= 1;
  // SIGKILL leaves no hook, no flush and no goodbye: what a power cut or the kernel does.
  if (armed.passes === 0) process.kill(process.pid, 'SIGKILL');
}
