/**
 * The check's clock. What is due is decided by the database's clock, which nobody can move; so the rows are moved back
 * instead: for them, time has passed.
 */
import pg from 'pg';

const COLUMNS = [
  'first_inbound_at',
  'last_inbound_at',
  'last_message_at',
  'awaiting_since',
  'due_soon_at',
  'answer_due_at',
  'answered_at',
  'staff_at',
  'assigned_at',
  'resolved_at',
];

export class CheckClock {
  #url;

  /** @param {string} url of parley_system */
  constructor(url) {
    this.#url = url;
  }

  /** So many minutes pass for a conversation. */
  async pass(conversationId, minutes) {
    const moved = COLUMNS.map((column) => `${column} = ${column} - make_interval(mins => $2)`).join(', ');
    const client = new pg.Client({ connectionString: this.#url });
    await client.connect();
    try {
      await client.query(`UPDATE conversations SET ${moved} WHERE id = $1`, [conversationId, minutes]);
    } finally {
      await client.end();
    }
  }

  /** A time zone in which it is between one and two in the morning. */
  zoneAtOne() {
    const ahead = (25 - new Date().getUTCHours()) % 24;
    const offset = ahead > 12 ? ahead - 24 : ahead;
    return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
  }
}
