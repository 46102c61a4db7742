/** What `bin/dev` ends its start with. */
import { DEMO } from './demo.mjs';
import { LOG_DIR } from './paths.mjs';

const quote = (value) => `'${JSON.stringify(value)}'`;

/**
 * URLs, the demo tenant's key and three commands that work as printed.
 * @param {import('./stack.mjs').Stack} stack
 * @param {string} apiKey
 * @param {string} numberId
 */
export function screen({ apiUrl, simulatorUrl }, apiKey, numberId) {
  const message = {
    numberId,
    to: DEMO.recipient,
    template: { name: 'order_confirmation', language: 'en_US', parameters: { body: ['Ana', 'A-1042'] } },
  };
  const answer = { phoneNumberId: DEMO.numberId, type: 'text', text: 'Thank you!' };
  const auth = `-H 'Authorization: Bearer ${apiKey}'`;
  const json = `-H 'Content-Type: application/json'`;
  return `
Parley is up.

  API            ${apiUrl}/v1
  Documentation  ${apiUrl}/docs
  Phone          ${simulatorUrl}/phone   (a customer's, in your browser)
  Simulator      ${simulatorUrl}/docs
  API key        ${apiKey}   (${DEMO.tenantName})
  Logs           ${LOG_DIR}

Send a template message:
  curl -s -X POST ${apiUrl}/v1/messages ${auth} ${json} -H "Idempotency-Key: demo-$(date +%s)" -d ${quote(message)}

See it:
  curl -s '${apiUrl}/v1/messages?limit=1' ${auth}

Play the customer's answer (an echo goes back):
  curl -s -X POST ${simulatorUrl}/control/customers/${encodeURIComponent(DEMO.recipient)}/messages ${json} -d ${quote(answer)}

Ctrl-C stops everything; the data stays.
`;
}
