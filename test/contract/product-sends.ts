import { randomUUID } from 'node:crypto';
import {
  judge,
  type AcceptanceFacts,
  type HeaderMedia,
  type OutboundContent,
  type TemplateDefinition,
  type TemplateParameters,
} from '@parley/domain';
import type { GraphClient } from '@parley/graph';
import { sendBody } from '../../apps/worker/src/outbound/send-body.js';
import type { MetaAccount } from '../support/meta.js';

/** One kind of content that the product sends. */
export interface ProductSend {
  readonly title: string;
  readonly draft: OutboundContent;
  readonly template?: TemplateDefinition;
  readonly replyTo?: string;
}

const FACTS: Omit<AcceptanceFacts, 'template'> = {
  tenantModuleEnabled: true,
  number: { id: 'n', accountId: 'a', state: 'CONNECTED', pausedUntil: null, pauseReason: null },
  consents: [
    { purpose: 'utility', status: 'GRANTED' },
    { purpose: 'marketing', status: 'GRANTED' },
    { purpose: 'authentication', status: 'GRANTED' },
  ],
  windowOpenUntil: new Date('2026-11-22T12:00:00Z'),
  now: new Date('2026-11-21T12:00:00Z'),
};

const LINK: HeaderMedia = { link: 'https://example.com/file' };
const BILL: HeaderMedia = { ...LINK, filename: 'bill.pdf' };
const BODY = { type: 'BODY', text: 'Hello.' };
const buttons = (...list: Record<string, string>[]) => [BODY, { type: 'BUTTONS', buttons: list }];

export const PRODUCT_SENDS: readonly ProductSend[] = [
  { title: 'text', draft: { kind: 'text', content: { body: 'Ready in 10 minutes' } } },
  { title: 'text with preview', draft: { kind: 'text', content: { body: 'https://example.com', previewUrl: true } } },
  {
    title: 'text as an answer',
    draft: { kind: 'text', content: { body: 'Yes' } },
    replyTo: 'wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQ',
  },
  ofTemplate('plain', [BODY], {}),
  ofTemplate('positional', [{ type: 'BODY', text: 'Hello {{1}}, order {{2}}.' }], { body: ['Ana', 'A-1'] }),
  ofTemplate(
    'named',
    [
      { type: 'HEADER', format: 'TEXT', text: 'For {{name}}' },
      { type: 'BODY', text: 'Order {{order_id}}.' },
    ],
    { header: { name: 'Ana' }, body: { order_id: 'A-1' } },
    { parameterFormat: 'NAMED' },
  ),
  ofTemplate('header_text', [{ type: 'HEADER', format: 'TEXT', text: 'For {{1}}' }, BODY], { header: ['Ana'] }),
  ofTemplate('header_image', [{ type: 'HEADER', format: 'IMAGE' }, BODY], { header: { image: LINK } }),
  ofTemplate('header_image_by_id', [{ type: 'HEADER', format: 'IMAGE' }, BODY], {
    header: { image: { id: '1037543291543636' } },
  }),
  ofTemplate('header_video', [{ type: 'HEADER', format: 'VIDEO' }, BODY], { header: { video: LINK } }),
  ofTemplate('header_document', [{ type: 'HEADER', format: 'DOCUMENT' }, BODY], {
    header: { document: BILL },
  }),
  ofTemplate('header_location', [{ type: 'HEADER', format: 'LOCATION' }, BODY], {
    header: { location: { latitude: 44.43, longitude: 26.1, name: 'Trattoria', address: 'Str. Lipscani 1' } },
  }),
  ofTemplate('button_url', buttons({ type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' }), {
    buttons: [{ index: 0, text: 'A-1' }],
  }),
  ofTemplate('button_quick_reply', buttons({ type: 'QUICK_REPLY', text: 'Yes' }, { type: 'QUICK_REPLY', text: 'No' }), {
    buttons: [
      { index: 0, payload: 'YES' },
      { index: 1, payload: 'NO' },
    ],
  }),
  ofTemplate(
    'button_copy_code',
    buttons({ type: 'COPY_CODE', text: 'Copy' }),
    { buttons: [{ index: 0, couponCode: '25OFF' }] },
    { category: 'MARKETING' },
  ),
  ofTemplate('button_flow', buttons({ type: 'FLOW', text: 'Book' }), {
    buttons: [{ index: 0, flowToken: 'token', flowActionData: { table: '4' } }],
  }),
  ofTemplate(
    'one_time_password',
    [
      { type: 'BODY', text: '{{1}} is your code.' },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', text: 'Copy code' }] },
    ],
    { body: ['123456'] },
    { category: 'AUTHENTICATION' },
  ),
];

function ofTemplate(
  title: string,
  components: TemplateDefinition['components'],
  parameters: TemplateParameters,
  more: Partial<TemplateDefinition> = {},
): ProductSend {
  const name = `contract_${title}`;
  const template: TemplateDefinition = {
    ...{
      id: 't',
      name,
      language: 'en_US',
      status: 'APPROVED',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      components,
    },
    ...more,
  };
  return {
    title: `template: ${title}`,
    draft: { kind: 'template', content: { name, language: 'en_US', parameters } },
    template,
  };
}

/** Sends as the worker does: what acceptance made of a draft, through the worker's own request, by the real client. */
export class ProductSender {
  constructor(
    private readonly graph: GraphClient,
    private readonly account: MetaAccount,
  ) {}

  async send({ draft, template, replyTo }: ProductSend): Promise<void> {
    const verdict = judge(
      { ...draft, numberId: 'n', to: '+40712345678', sender: 'app' },
      { ...FACTS, template: template ?? null },
    );
    if (!verdict.ok) throw verdict.error;
    const body = sendBody({
      // The database keeps it as JSON.
      payload: JSON.parse(JSON.stringify(verdict.graphContent)) as Record<string, unknown>,
      recipient: verdict.recipient,
      replyToWamid: replyTo ?? null,
      attemptId: randomUUID(),
    });
    await this.graph.sendMessage({ token: this.account.accessToken, phoneNumberId: this.account.phoneNumberId, body });
  }
}
