/** What a process has used, seen from outside, so that nothing is added to what is measured. Linux only; else null. */
import { readFileSync } from 'node:fs';

/** USER_HZ: /proc counts time in hundredths of a second on every Linux. */
const MS_PER_TICK = 10;
const KB_PER_MB = 1_024;

function procFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}

/** User and system time of the process with all its threads, in milliseconds. */
export function cpuMs(pid: number): number | null {
  const stat = procFile(pid, 'stat');
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** The largest resident set so far, in MB. */
export function peakRssMb(pid: number): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(procFile(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / KB_PER_MB);
}

/** The resident set now, in MB. */
export function rssMb(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(procFile(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / KB_PER_MB;
}
