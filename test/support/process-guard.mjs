/**
 * Ends processes when the test run that started them is gone, however it ended: each line on standard input names a
 * process id, and when the input closes, those that still run are killed. A reused id is told apart by its start time.
 */
import { createInterface } from 'node:readline';
import { startOf } from '../../bin/lib/run.mjs';

const watched = new Map();
// Ctrl-C reaches the whole terminal; what is watched ends first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on('line', (line) => watched.set(Number(line), startOf(Number(line))))
  .on('close', () => {
    for (const [pid, start] of watched) if (start !== null && startOf(pid) === start) process.kill(pid, 'SIGKILL');
    process.exit(0);
  });
