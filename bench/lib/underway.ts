import { setTimeout as delay } from 'node:timers/promises';
import type { BenchDatabase } from './database.js';

const LOOK_MS = 20;

/** Holds every tenant, so that nothing leaves; what was accepted stays queued. */
export const HOLD_ALL = `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) SELECT id, 'tenant', id, 'pause', 'bench', 'bench' FROM tenants`;
/** The same for the tenant $1 alone. */
export const HOLD_ONE = `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) VALUES ($1, 'tenant', $1, 'pause', 'bench', 'bench')`;
export const LET_ALL_GO = `UPDATE holds SET ended_at = now(), ended_by = 'bench' WHERE ended_at IS NULL`;

/** Waits for a condition. @throws after `withinMs` */
export async function waitUntil(what: string, isSo: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(LOOK_MS)) if (await isSo()) return;
  throw new Error(`${what}: not within ${withinMs / 1_000} s`);
}

/** Turns that began before a hold are over, and nothing of them is on its way. */
export async function allRests(database: BenchDatabase): Promise<void> {
  await waitUntil(
    'Turns have ended',
    async () => (await database.count('phone_numbers WHERE lease_until > now()')) === 0,
  );
  await waitUntil('Nothing is on its way', async () => {
    const { isOut } = await database.one<{ isOut: boolean }>(
      `SELECT EXISTS (SELECT FROM messages WHERE state IN ('DISPATCHED', 'SENDING')) AS "isOut"`,
    );
    return !isOut;
  });
}
