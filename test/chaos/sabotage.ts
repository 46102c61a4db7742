import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A guard that is taken away, in a copy of the build or in the run's own database; the product knows nothing of it. */
export interface Sabotage {
  readonly guard: string;
  readonly how: string;
  /** The fault under which it has to show. */
  readonly faults: readonly string[];
  readonly patches: readonly Patch[];
  readonly statements: readonly string[];
}

interface Patch {
  /** Within the build. */
  readonly file: string;
  readonly find: RegExp;
  readonly replace: string;
}

const SENDER = 'apps/worker/src/outbound/message-sender.js';
const SENDING = 'libs/data/src/sending';

export const SABOTAGES: readonly Sabotage[] = [
  {
    guard: 'fencing',
    how: 'a worker POSTs whatever the epoch and the attempt id in the mark say',
    faults: ['F19'],
    patches: [{ file: `${SENDING}/mark.repository.js`, find: /marked\.has\(mark\.attemptId\)/, replace: 'true' }],
    statements: [],
  },
  {
    guard: 'lease',
    how: 'a number is taken although another live worker holds it',
    faults: ['F1'],
    patches: [{ file: `${SENDING}/number-lease.repository.js`, find: /AND \(n\.lease_until IS NULL OR n\.lease_until <= now\(\) OR n\.lease_holder = \$2\)/, replace: '' }],
    statements: [],
  },
  {
    guard: 'unique',
    how: 'idempotency keys are no longer unique',
    faults: ['F2'],
    patches: [],
    statements: ['ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey', 'CREATE INDEX ON idempotency_keys (tenant_id, source, key)'],
  },
  {
    guard: 'pair',
    how: 'the index that lets one message of a pair be on its way is gone',
    faults: ['F4'],
    patches: [],
    statements: ['DROP INDEX messages_in_flight'],
  },
  {
    guard: 'mark',
    how: 'the attempt is committed after its POST instead of before',
    faults: ['F1'],
    patches: [
      { file: SENDER, find: /const mayPost = await this\.mark\(lease, message\);/, replace: 'const mayPost = true;' },
      { file: SENDER, find: /failpoint\('after-post'\);/, replace: "failpoint('after-post'); await this.mark(lease, message);" },
    ],
    statements: [],
  },
  {
    guard: 'time',
    how: 'what waits for its time is promoted before it, as by a clock that is fast',
    faults: ['F17'],
    patches: [{ file: `${SENDING}/sweep.repository.js`, find: /m\.wait_until IS NOT NULL AND m\.wait_until <= now\(\)/, replace: 'm.wait_until IS NOT NULL' }],
    statements: [],
  },
];

/** A copy of the build without the guard. @throws where the place that holds the guard is not found: the product has changed */
export function sabotagedBuild(build: string, { guard, patches }: Sabotage, copy: string): string {
  rmSync(copy, { recursive: true, force: true });
  cpSync(build, copy, { recursive: true });
  for (const { file, find, replace } of patches) {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (!find.test(text)) throw new Error(`The guard "${guard}" is not where it was: ${find.source} does not match ${file}.`);
    writeFileSync(path, text.replace(find, replace));
  }
  return copy;
}
