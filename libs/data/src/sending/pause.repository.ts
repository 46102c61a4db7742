import type { Statement, SystemDb } from '../system-db.js';

const PAUSE: Statement = {
  name: 'numbers.pause',
  text: `
    WITH paused AS (
      UPDATE phone_numbers
         SET paused_until = greatest(paused_until, now() + make_interval(secs => $3 / 1000.0)), pause_reason = $4, updated_at = now()
       WHERE tenant_id = $1 AND id = $2
      RETURNING tenant_id, id, paused_until, pause_reason
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, 'whatsapp.number_paused', 'number', id, json_build_object('numberId', id, 'until', paused_until, 'reason', pause_reason)
      FROM paused`,
};

/** Holds a number back. Its messages stay QUEUED, and nothing is claimed until the pause is over. */
export class NumberPauses {
  constructor(private readonly db: SystemDb) {}

  async pause(tenantId: string, numberId: string, milliseconds: number, reason: string): Promise<void> {
    await this.db.query(PAUSE, [tenantId, numberId, milliseconds, reason]);
  }
}
