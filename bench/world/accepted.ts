import { signBody } from '@parley/graph';
import type { BenchDatabase } from '../lib/database.js';
import type { PreparedRequest } from '../lib/orders.js';
import type { Restaurant } from './restaurants.js';

/** A message that Meta took, as its statuses name it. */
export interface AcceptedMessage {
  readonly wamid: string;
  readonly attemptId: string;
  readonly graphId: string;
  readonly wabaId: string;
  readonly to: string;
}

export const STATUSES = ['sent', 'delivered', 'read'] as const;

/** Messages to guests who were invited, each with its attempt and its conversation, as the record of an acceptance leaves them. */
const ACCEPT = `
  WITH chosen AS MATERIALIZED (
    SELECT ci.contact_id, ci.value AS recipient, ($2::uuid[])[1 + n % cardinality($2::uuid[])] AS number_id,
           uuid_v7(statement_timestamp(), n) AS id, uuid_v7(statement_timestamp(), n) AS attempt_id, uuid_v7(statement_timestamp(), n) AS conversation_id,
           'wamid.HBgLNDA3' || encode(convert_to(n || '.' || $2::text, 'UTF8'), 'hex') AS wamid
      FROM generate_series(0, $4::int - 1) AS n
      JOIN contact_identities ci ON ci.tenant_id = $1 AND ci.kind = 'phone' AND ci.value = '+407' || lpad(n::text, 8, '0')
  ), talks AS (
    INSERT INTO conversations (tenant_id, id, phone_number_id, contact_id, last_message, message_count)
    SELECT $1, conversation_id, number_id, contact_id, 'Hello, your order is confirmed. Thank you!', 1 FROM chosen
  ), sends AS (
    INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, payload, display_content,
                          recipient, lane, purpose, template_id, state, wamid, attempt_id, attempts, sending_at, accepted_at, valid_until)
    SELECT $1, id, number_id, contact_id, conversation_id, 'OUTBOUND', 'app', 'template', '{}', '{}', 'Hello, your order is confirmed. Thank you!',
           recipient, 2, 'utility', $3, 'ACCEPTED', wamid, attempt_id, 1, now(), now(), now() + interval '24 hours' FROM chosen
  ), attempts AS (
    INSERT INTO message_attempts (tenant_id, id, message_id, number, lease_epoch, credential_version, finished_at, outcome, http_status)
    SELECT $1, attempt_id, id, 1, 1, 1, now(), 'accepted', 200 FROM chosen
  )
  SELECT c.wamid, c.attempt_id AS "attemptId", n.graph_id AS "graphId", a.waba_id AS "wabaId", c.recipient AS to
    FROM chosen c
    JOIN phone_numbers n ON n.tenant_id = $1 AND n.id = c.number_id
    JOIN accounts a ON a.tenant_id = $1 AND a.id = n.account_id`;

/** So many messages, spread evenly over restaurants and numbers, each to a guest of its own. */
export async function acceptMessages(
  database: BenchDatabase,
  restaurants: readonly Restaurant[],
  count: number,
): Promise<AcceptedMessage[]> {
  const messages: AcceptedMessage[] = [];
  for (const { tenantId, numberIds, templateIds } of restaurants)
    messages.push(
      ...(await database.run<AcceptedMessage>(ACCEPT, [
        tenantId,
        numberIds,
        templateIds[0],
        count / restaurants.length,
      ])),
    );
  await database.tidy();
  return messages;
}

/** The three statuses of each message, one webhook each, in any order. */
export function shuffledStatuses(messages: readonly AcceptedMessage[], secret: string): PreparedRequest[] {
  const now = Math.floor(Date.now() / 1_000);
  const webhooks = messages.flatMap((message) =>
    STATUSES.map((status, after) => webhookOf(message, status, now + after)),
  );
  for (let last = webhooks.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [webhooks[last], webhooks[other]] = [webhooks[other]!, webhooks[last]!];
  }
  return webhooks.map((webhook) => {
    const body = Buffer.from(webhook.replaceAll('/', '\\/'));
    return { headers: ['content-type', 'application/json', 'x-hub-signature-256', signBody(body, secret)], body };
  });
}

function webhookOf(
  { wamid, attemptId, graphId, wabaId, to }: AcceptedMessage,
  status: string,
  seconds: number,
): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '40215550001', phone_number_id: graphId },
    statuses: [
      {
        id: wamid,
        status,
        timestamp: String(seconds),
        recipient_id: to.slice(1),
        biz_opaque_callback_data: attemptId,
        pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
      },
    ],
  };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: wabaId, changes: [{ field: 'messages', value }] }],
  });
}
