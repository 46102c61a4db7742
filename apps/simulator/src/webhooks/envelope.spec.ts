import type { BusinessNumber } from '../state/account.js';
import { buildEnvelope, type WebhookUpdate } from './envelope.js';

const number = (id: string, wabaId = '1'): BusinessNumber => ({
  id,
  wabaId,
  digits: '15550783881',
  displayPhoneNumber: '+1 555 078 3881',
  callingCode: '1',
  verifiedName: 'Sol',
  throughputLevel: 'STANDARD',
  status: 'CONNECTED',
  qualityRating: 'GREEN',
});
const status = (id: string, of = number('10')): WebhookUpdate => ({ kind: 'status', number: of, status: { id } });

describe('buildEnvelope', () => {
  it('puts the statuses of one number into one value, and other numbers beside it', () => {
    expect(buildEnvelope([status('a'), status('b'), status('c', number('11'))], 0)).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: '10' },
                statuses: [{ id: 'a' }, { id: 'b' }],
              },
            },
            { field: 'messages', value: expect.objectContaining({ statuses: [{ id: 'c' }] }) as unknown },
          ],
        },
      ],
    });
  });

  it('never mixes accounts', () => {
    const { entry } = buildEnvelope([status('a'), status('b', number('12', '2'))], 0) as { entry: { id: string }[] };
    expect(entry.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('dates account and template fields only', () => {
    const field: WebhookUpdate = { kind: 'field', wabaId: '1', field: 'account_update', value: {} };
    expect(buildEnvelope([field], 1_739_321_024_500)).toMatchObject({ entry: [{ time: 1_739_321_024 }] });
    expect(buildEnvelope([status('a')], 1)).not.toHaveProperty('entry.0.time');
  });
});
