import type { SendBody } from '@parley/graph';
import type { BenchDatabase } from '../lib/database.js';
import { guestPhone, inviteGuests, type Restaurant } from './restaurants.js';

/** As acceptance writes it for the template order_confirmation, the first of TEMPLATES. */
function content(at: number): { content: object; payload: { type: string; template: object } } {
  const [guest, order] = [`Guest ${at}`, `A-${at}`];
  const parameters = [
    { type: 'text', text: guest },
    { type: 'text', text: order },
  ];
  const template = {
    name: 'order_confirmation',
    language: { code: 'en_US' },
    components: [{ type: 'body', parameters }],
  };
  return {
    content: { name: 'order_confirmation', language: 'en_US', parameters: { body: [guest, order] } },
    payload: { type: 'template', template },
  };
}

/** The body of a send, as the worker makes it. */
export function sendBody(at: number): SendBody {
  const { payload } = content(at);
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: guestPhone(at),
    ...payload,
    biz_opaque_callback_data: crypto.randomUUID(),
  };
}

/** Queues one message for each of `count` new guests, spread evenly over restaurants and numbers, as acceptance leaves them. */
export async function queueBacklog(
  database: BenchDatabase,
  restaurants: readonly Restaurant[],
  from: number,
  count: number,
): Promise<void> {
  const each = count / restaurants.length;
  for (const restaurant of restaurants) {
    await inviteGuests(database, restaurant, from, each);
    const messages = Array.from({ length: each }, (_, at) => content(from + at));
    await database.run(
      `INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content,
                             recipient, lane, purpose, template_id, state, valid_until)
       SELECT $1, uuid_v7(statement_timestamp(), m.at::int), ($2::uuid[])[1 + m.at % cardinality($2::uuid[])], ci.contact_id, 'OUTBOUND', 'app', 'template',
              m.content, m.payload, 'Hello, your order is confirmed. Thank you!', ci.value, 2, 'utility', $3, 'QUEUED', now() + interval '24 hours'
         FROM unnest($4::json[], $5::json[]) WITH ORDINALITY AS m (content, payload, at)
         JOIN contact_identities ci ON ci.tenant_id = $1 AND ci.kind = 'phone' AND ci.value = '+407' || lpad(($6::int + m.at - 1)::text, 8, '0')`,
      [
        restaurant.tenantId,
        restaurant.numberIds,
        restaurant.templateIds[0],
        messages.map((message) => JSON.stringify(message.content)),
        messages.map((message) => JSON.stringify(message.payload)),
        from,
      ],
    );
  }
  await database.tidy();
}
