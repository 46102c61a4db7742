import type { BenchDatabase } from '../lib/database.js';
import type { Restaurant } from './restaurants.js';

const CHUNK = 20_000;

/** As acceptance leaves a message of the template order_confirmation. */
const QUEUE = `
  INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content,
                        recipient, lane, purpose, template_id, state, valid_until)
  SELECT $1, uuid_v7(statement_timestamp(), n), ($2::uuid[])[1 + n % cardinality($2::uuid[])], ci.contact_id, 'OUTBOUND', 'app', 'template',
         json_build_object('name', 'order_confirmation', 'language', 'en_US', 'parameters', json_build_object('body', json_build_array('Guest ' || n, 'A-' || n))),
         json_build_object('type', 'template', 'template', json_build_object('name', 'order_confirmation', 'language', json_build_object('code', 'en_US'),
           'components', json_build_array(json_build_object('type', 'body', 'parameters', json_build_array(
             json_build_object('type', 'text', 'text', 'Guest ' || n), json_build_object('type', 'text', 'text', 'A-' || n)))))),
         'Hello, your order is confirmed. Thank you!', ci.value, 2, 'utility', $3, 'QUEUED', now() + interval '24 hours'
    FROM generate_series($4::int, $5::int - 1) AS n
    JOIN contact_identities ci ON ci.tenant_id = $1 AND ci.kind = 'phone' AND ci.value = '+407' || lpad(($6::int + n % $7::int)::text, 8, '0')`;

export interface Depth {
  readonly count: number;
  /** The first guest, and how many of them get messages in turn; they must have been invited. */
  readonly from: number;
  readonly guests: number;
  /** Numbers that the messages are spread over; left out: all of the restaurant. */
  readonly numberIds?: readonly string[];
}

/** Queues any number of messages, several for each guest where there are more messages than guests. */
export async function queueDeep(database: BenchDatabase, restaurant: Restaurant, depth: Depth): Promise<void> {
  const { count, from, guests, numberIds = restaurant.numberIds } = depth;
  for (let first = 0; first < count; first += CHUNK) {
    const values = [first, Math.min(count, first + CHUNK), from, guests];
    await database.run(QUEUE, [restaurant.tenantId, numberIds, restaurant.templateIds[0], ...values]);
  }
}
