import { itemMatches } from './ledger-filter.js';
import { parseEnvelope } from './webhook-envelope.js';
import type { WebhookItem } from './webhook-event.js';

const itemOf = (field: string, value: object): WebhookItem => {
  const parsed = parseEnvelope(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] }));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.items[0]!;
};

const status = itemOf('messages', { metadata: { display_phone_number: '+40 722 000 000', phone_number_id: '106' }, statuses: [{ id: 'wamid.1', status: 'sent' }] });
const quality = itemOf('phone_number_quality_update', { display_phone_number: '40722000000', event: 'FLAGGED' });
const review = itemOf('account_review_update', { decision: 'APPROVED' });
const digits = '40722000000';

describe('a filter of items', () => {
  it.each([
    ['all of them without a field', {}, [true, true, true]],
    ['those of a kind', { kind: 'status' }, [true, false, false]],
    ["those of a number: by Meta's id, or by its digits where they name it by these alone", { number: { graphId: '106', digits } }, [true, true, false]],
    ["by Meta's id alone where nobody has connected it", { number: { graphId: '106', digits: null } }, [true, false, false]],
    ['not those that name another id beside the same digits', { number: { graphId: '107', digits } }, [false, true, false]],
    ['those of a kind and a number', { kind: 'number-quality', number: { graphId: '106', digits } }, [false, true, false]],
  ])('means %s', (_, filter, meant) => {
    expect([status, quality, review].map((item) => itemMatches(item, filter))).toEqual(meant);
  });
});
