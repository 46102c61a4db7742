import { signBody } from '@parley/graph';
import type { PreparedRequest } from '../lib/orders.js';

/**
 * Webhooks with one status each, no two alike, signed as Meta signs: over the escaped bytes.
 * @param batch tells the webhooks of two calls apart
 */
export function statusWebhooks(count: number, secret: string, batch: number): PreparedRequest[] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return Array.from({ length: count }, (_, at) => {
    const body = Buffer.from(statusWebhook(`${batch}.${at}`, timestamp, at).replaceAll('/', '\\/'));
    return { headers: ['content-type', 'application/json', 'x-hub-signature-256', signBody(body, secret)], body };
  });
}

function statusWebhook(id: string, timestamp: string, at: number): string {
  const recipient = String(40_700_000_000 + at);
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '200000000000000',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '40215550001', phone_number_id: '300000000000001' },
              statuses: [
                {
                  id: `wamid.HBgLNDA3MDAwMDAwMDAVAgARGBI${Buffer.from(id).toString('base64url')}AA==`,
                  status: 'delivered',
                  timestamp,
                  recipient_id: recipient,
                  biz_opaque_callback_data: '01933b3c-7d2e-7f00-8a4e-6d1f5b9c0a11',
                  pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
                },
              ],
            },
          },
        ],
      },
    ],
  });
}
