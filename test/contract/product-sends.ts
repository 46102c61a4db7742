import { randomUUID } from 'node:crypto';
import {
  judge,
  mediaOf,
  type AcceptanceFacts,
  type HeaderMedia,
  type MediaFact,
  type MediaKind,
  type OutboundContent,
  type TemplateDefinition,
  type TemplateParameters,
} from '@parley/domain';
import type { GraphClient } from '@parley/graph';
import { sendBody, withGraphMedia } from '../../apps/worker/src/outbound/send-body.js';
import type { MetaAccount } from '../support/meta.js';

/** One kind of content that the product sends. */
export interface ProductSend {
  readonly title: string;
  readonly draft: OutboundContent;
  readonly template?: TemplateDefinition;
  readonly replyTo?: string;
  /** Where it goes; a phone number where nothing is said. */
  readonly recipient?: string;
}

const PHONE = '+40712345678';
const USER_ID = 'US.13491208655302741918';
const OUR_MEDIA = '0199a1b2-0000-7000-8000-000000000001';

const FACTS: Omit<AcceptanceFacts, 'template' | 'media' | 'recipient'> = {
  tenantModuleEnabled: true,
  number: { id: 'n', accountId: 'a', state: 'CONNECTED' },
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
const WAMID = 'wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQ';
const BODY = { type: 'BODY', text: 'Hello.' };
const CARD = { components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Try our {{1}} today' }] };
const buttons = (...list: Record<string, string>[]) => [BODY, { type: 'BUTTONS', buttons: list }];

export const PRODUCT_SENDS: readonly ProductSend[] = [
  { title: 'text', draft: { kind: 'text', content: { body: 'Ready in 10 minutes' } } },
  { title: 'text with preview', draft: { kind: 'text', content: { body: 'https://example.com', previewUrl: true } } },
  {
    title: 'text as an answer',
    draft: { kind: 'text', content: { body: 'Yes' } },
    replyTo: WAMID,
  },
  {
    title: 'text to somebody without a phone number',
    draft: { kind: 'text', content: { body: 'Yes' } },
    recipient: USER_ID,
  },
  ...sessionSends(),
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
    header: { image: { id: OUR_MEDIA } },
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
  ofTemplate(
    'carousel',
    [BODY, { type: 'CAROUSEL', cards: [CARD, CARD] }],
    { cards: [{ header: { image: { id: OUR_MEDIA } }, body: ['Soup'] }, { header: { image: LINK }, body: ['Fish'] }] },
    { category: 'MARKETING' },
  ),
];

/** Everything that is no template. */
function sessionSends(): ProductSend[] {
  const body = { text: 'Shall we keep the table?' };
  const drafts: readonly (readonly [string, OutboundContent])[] = [
    ['image by id', { kind: 'image', content: { id: OUR_MEDIA, caption: 'The dish of the day' } }],
    ['image by link', { kind: 'image', content: { link: 'https://example.com/a.jpg' } }],
    ['video', { kind: 'video', content: { id: OUR_MEDIA, caption: 'The kitchen' } }],
    ['audio', { kind: 'audio', content: { id: OUR_MEDIA } }],
    ['voice message', { kind: 'audio', content: { id: OUR_MEDIA, voice: true } }],
    ['document', { kind: 'document', content: { id: OUR_MEDIA, filename: 'menu.pdf', caption: 'The menu' } }],
    ['sticker', { kind: 'sticker', content: { id: OUR_MEDIA } }],
    ['location', { kind: 'location', content: { latitude: 44.43, longitude: 26.1, name: 'Trattoria', address: 'Str. Lipscani 1' } }],
    [
      'contacts',
      {
        kind: 'contacts',
        content: [
          {
            name: { formattedName: 'Ana Pop', firstName: 'Ana', lastName: 'Pop' },
            phones: [{ phone: '+40723000111', type: 'WORK', waId: '40723000111' }],
            emails: [{ email: 'ana@example.com', type: 'WORK' }],
            urls: [{ url: 'https://example.com', type: 'WORK' }],
            addresses: [{ street: 'Str. Lipscani 1', city: 'București', zip: '030031', countryCode: 'ro', type: 'WORK' }],
            org: { company: 'Trattoria', department: 'Kitchen', title: 'Chef' },
            birthday: '1990-05-17',
          },
        ],
      },
    ],
    ['reaction', { kind: 'reaction', content: { messageId: WAMID, emoji: '👍' } }],
    ['reaction taken back', { kind: 'reaction', content: { messageId: WAMID, emoji: '' } }],
    [
      'interactive: button',
      {
        kind: 'interactive',
        content: {
          type: 'button',
          header: { type: 'image', image: { id: OUR_MEDIA } },
          body,
          footer: { text: 'Trattoria' },
          action: { buttons: [{ reply: { id: 'yes', title: 'Yes' } }, { reply: { id: 'no', title: 'No' } }] },
        },
      },
    ],
    [
      'interactive: list',
      {
        kind: 'interactive',
        content: {
          type: 'list',
          header: { type: 'text', text: 'Tonight' },
          body,
          action: { button: 'Times', sections: [{ title: 'Early', rows: [{ id: '19', title: '19:00', description: 'Inside' }] }] },
        },
      },
    ],
    [
      'interactive: cta_url',
      {
        kind: 'interactive',
        content: { type: 'cta_url', body, action: { parameters: { displayText: 'See the menu', url: 'https://example.com/menu' } } },
      },
    ],
    [
      'interactive: flow',
      {
        kind: 'interactive',
        content: {
          type: 'flow',
          body,
          action: {
            parameters: {
              flowId: '123456',
              flowCta: 'Book',
              flowToken: 'b-1',
              flowAction: 'navigate',
              flowActionPayload: { screen: 'TIME', data: { table: 4 } },
              mode: 'published',
            },
          },
        },
      },
    ],
    ['interactive: location_request_message', { kind: 'interactive', content: { type: 'location_request_message', body } }],
  ];
  return drafts.map(([title, draft]) => ({ title, draft }));
}

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
    /** Meta's id of the file that stands for all that are sent. */
    private readonly graphMediaId: string,
  ) {}

  async send({ draft, template, replyTo, recipient = PHONE }: ProductSend): Promise<void> {
    const facts = { ...FACTS, recipient, template: template ?? null, media: mediaOf(draft).map(stored) };
    const verdict = judge({ ...draft, numberId: 'n', sender: 'app' }, facts);
    if (!verdict.ok) throw verdict.error;
    const ids = new Map(verdict.mediaIds.map((id) => [id, this.graphMediaId]));
    const body = sendBody({
      // The database keeps it as JSON.
      payload: withGraphMedia(JSON.parse(JSON.stringify(verdict.graphContent)) as Record<string, unknown>, ids),
      recipient: verdict.recipient,
      replyToWamid: replyTo ?? null,
      attemptId: randomUUID(),
    });
    await this.graph.sendMessage({ token: this.account.accessToken, phoneNumberId: this.account.phoneNumberId, body });
  }
}

const TYPES: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

const stored = ({ id, kind }: { id: string; kind: MediaKind }): MediaFact => ({ id, kind, state: 'STORED', mimeType: TYPES[kind] });
