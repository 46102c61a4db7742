import { signBody } from '@parley/graph';
import type { PreparedRequest } from '../lib/orders.js';
import { guestPhone } from './restaurants.js';

/** Texts of customers, one a webhook, to all numbers of `openRestaurants` in turn. */
export function letterWebhooks(count: number, secret: string): PreparedRequest[] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return Array.from({ length: count }, (_, at) => {
    const [restaurant, number] = [at % 5, (Math.floor(at / 5) % 10) + 1];
    const from = guestPhone(50_000_000 + at).slice(1);
    const value = {
      messaging_product: 'whatsapp',
      metadata: {
        display_phone_number: '40215550001',
        phone_number_id: String(300_000_000_000_000 + restaurant * 1_000 + number),
      },
      contacts: [{ profile: { name: `Guest ${at}` }, wa_id: from }],
      messages: [
        {
          from,
          id: `wamid.letter.${at}.${timestamp}`,
          timestamp,
          type: 'text',
          text: { body: 'Is there a table tonight?' },
        },
      ],
    };
    const entry = [{ id: String(200_000_000_000_000 + restaurant), changes: [{ field: 'messages', value }] }];
    const body = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }).replaceAll('/', '\\/'));
    return { headers: ['content-type', 'application/json', 'x-hub-signature-256', signBody(body, secret)], body };
  });
}
