import { ACCEPTANCE_RULES, type AcceptanceFacts, type AcceptanceRule, judge, type MessageDraft } from './acceptance.js';
import { DomainError } from './domain-error.js';
import { LANES } from './lane.js';
import type { MediaFact } from './media-content.js';
import { reachContact } from './recipient.js';
import type { TemplateDefinition } from './template.js';
import { TEXT_BODY_LIMIT } from './text-content.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const LATER = new Date('2026-11-21T13:00:00Z');

const TEMPLATE: TemplateDefinition = {
  id: 't',
  name: 'order_ready',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hello {{1}}, your order is ready.' }],
};

const FACTS: AcceptanceFacts = {
  tenantModuleEnabled: true,
  number: { id: 'n', accountId: 'a', state: 'CONNECTED' },
  recipient: '+40712345678',
  template: TEMPLATE,
  media: [],
  consents: [{ purpose: 'utility', status: 'GRANTED' }],
  windowOpenUntil: null,
  now: NOW,
};

const TEMPLATE_DRAFT: MessageDraft = {
  numberId: 'n',
  sender: 'app',
  kind: 'template',
  content: { name: 'order_ready', language: 'en_US', parameters: { body: ['Ana'] } },
};

const TEXT_DRAFT: MessageDraft = {
  numberId: 'n',
  sender: 'staff',
  kind: 'text',
  content: { body: 'Da!' },
};

/** A draft and facts that break this rule and every later one. */
function brokenFrom(rule: AcceptanceRule): [MessageDraft, AcceptanceFacts] {
  const broken = (one: AcceptanceRule): boolean => ACCEPTANCE_RULES.indexOf(one) >= ACCEPTANCE_RULES.indexOf(rule);
  return [
    {
      ...TEMPLATE_DRAFT,
      content: { name: 'order_ready', language: 'en_US', parameters: { body: broken('parameters') ? [] : ['Ana'] } },
    } as MessageDraft,
    {
      ...FACTS,
      tenantModuleEnabled: !broken('tenant'),
      number: broken('number') ? null : FACTS.number,
      recipient: broken('recipient') ? new DomainError('phone.invalid') : FACTS.recipient,
      consents: broken('consent') ? [] : FACTS.consents,
      template: { ...TEMPLATE, status: broken('template') ? 'PAUSED' : 'APPROVED' },
    },
  ];
}

const refusal = (draft: MessageDraft, facts: AcceptanceFacts): string => {
  const verdict = judge(draft, facts);
  return verdict.ok ? 'accepted' : `${verdict.rule}: ${verdict.error.code}`;
};

describe('judge', () => {
  it('accepts a template with consent and says all that is stored and sent', () => {
    expect(judge(TEMPLATE_DRAFT, FACTS)).toEqual({
      ok: true,
      lane: LANES.utility,
      sendAt: null,
      validSeconds: null,
      purpose: 'utility',
      recipient: '+40712345678',
      mediaIds: [],
      displayContent: 'Hello Ana, your order is ready.',
      content: {
        name: 'order_ready',
        language: 'en_US',
        parameters: { body: ['Ana'] },
        text: 'Hello Ana, your order is ready.',
      },
      graphContent: {
        type: 'template',
        template: {
          name: 'order_ready',
          language: { code: 'en_US' },
          components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }],
        },
      },
    });
  });

  it('accepts a text inside the window on the strength of the customer’s own message', () => {
    expect(judge(TEXT_DRAFT, { ...FACTS, consents: [], template: null, windowOpenUntil: LATER })).toMatchObject({
      ok: true,
      lane: LANES.reply,
      purpose: 'service',
      content: { body: 'Da!', previewUrl: false },
      graphContent: { type: 'text', text: { body: 'Da!', preview_url: false } },
    });
  });

  it.each<[AcceptanceRule, string]>([
    ['tenant', 'module.disabled'],
    ['number', 'number.not-found'],
    ['recipient', 'phone.invalid'],
    ['consent', 'consent.missing'],
    ['template', 'template.not-approved'],
    ['parameters', 'template.parameters-invalid'],
  ])('refuses by the first rule that is broken: %s', (rule, code) => {
    expect(refusal(...brokenFrom(rule))).toBe(`${rule}: ${code}`);
  });

  it.each([
    ['without a window', null],
    ['at the second that it closes', NOW],
  ])('refuses text %s', (_, windowOpenUntil) => {
    expect(refusal(TEXT_DRAFT, { ...FACTS, windowOpenUntil })).toBe('window: window.closed');
    expect(
      refusal(TEXT_DRAFT, { ...FACTS, windowOpenUntil, consents: [{ purpose: 'service', status: 'GRANTED' }] }),
    ).toBe('window: window.closed');
  });

  it('refuses what the recipient refused, even inside the window', () => {
    const facts: AcceptanceFacts = { ...FACTS, windowOpenUntil: LATER };
    expect(refusal(TEXT_DRAFT, { ...facts, consents: [{ purpose: 'service', status: 'REVOKED' }] })).toBe(
      'consent: consent.revoked',
    );
    expect(refusal(TEMPLATE_DRAFT, { ...facts, consents: [{ purpose: 'utility', status: 'DENIED' }] })).toBe(
      'consent: consent.denied',
    );
    expect(refusal(TEMPLATE_DRAFT, { ...facts, consents: [{ purpose: 'marketing', status: 'GRANTED' }] })).toBe(
      'consent: consent.missing',
    );
  });

  it('says that a template is missing rather than to ask for consent to it', () => {
    expect(refusal(TEMPLATE_DRAFT, { ...FACTS, template: null, consents: [] })).toBe('template: template.not-found');
  });

  it('does not accept for a number that Meta has cut off', () => {
    expect(refusal(TEMPLATE_DRAFT, { ...FACTS, number: { ...FACTS.number!, state: 'BANNED' } })).toBe(
      'number: number.not-sendable',
    );
  });

  it.each([
    ['', '/text/body', 'request.invalid'],
    [' \n', '/text/body', 'request.invalid'],
    ['x'.repeat(TEXT_BODY_LIMIT + 1), '/text/body', 'request.invalid'],
    ['a\0b', '/text/body', 'text.invalid-character'],
    ['\uD83D', '/text/body', 'text.invalid-character'],
  ])('refuses the text %j with a pointer', (body, pointer, code) => {
    const verdict = judge({ ...TEXT_DRAFT, content: { body } } as MessageDraft, { ...FACTS, windowOpenUntil: LATER });
    expect(verdict).toMatchObject({ ok: false, rule: 'parameters', error: { code, errors: [{ pointer }] } });
  });

  it('takes the longest text that Meta takes', () => {
    const body = 'x'.repeat(TEXT_BODY_LIMIT);
    expect(judge({ ...TEXT_DRAFT, content: { body } } as MessageDraft, { ...FACTS, windowOpenUntil: LATER }).ok).toBe(
      true,
    );
  });

  it('finds unstorable text in the tenant’s own ids too', () => {
    const verdict = judge({ ...TEMPLATE_DRAFT, orderId: 'a\0' }, FACTS);
    expect(verdict).toMatchObject({
      ok: false,
      error: { code: 'text.invalid-character', errors: [{ pointer: '/orderId' }] },
    });
  });

  it('refuses every kind but templates outside of the window', () => {
    const drafts: MessageDraft[] = [
      { ...TEXT_DRAFT, kind: 'image', content: { link: 'https://example.com/a.jpg' } },
      { ...TEXT_DRAFT, kind: 'reaction', content: { messageId: 'wamid.X', emoji: '👍' } },
      { ...TEXT_DRAFT, kind: 'location', content: { latitude: 1, longitude: 2 } },
    ] as MessageDraft[];
    for (const draft of drafts) {
      expect(refusal(draft, FACTS)).toBe('window: window.closed');
      const facts: AcceptanceFacts = { ...FACTS, consents: [], windowOpenUntil: LATER };
      expect(judge(draft, facts)).toMatchObject({ ok: true, lane: LANES.reply, purpose: 'service' });
    }
  });

  it('takes no reply context with a reaction, which names its message itself', () => {
    const draft = { ...TEXT_DRAFT, kind: 'reaction', content: { messageId: 'wamid.X', emoji: '👍' } } as MessageDraft;
    const facts: AcceptanceFacts = { ...FACTS, windowOpenUntil: LATER };
    expect(judge({ ...draft, replyToWamid: 'wamid.Y' }, facts)).toMatchObject({
      ok: false,
      rule: 'parameters',
      error: { code: 'request.invalid', errors: [{ pointer: '/replyTo' }] },
    });
    expect(judge({ ...TEXT_DRAFT, replyToWamid: 'wamid.Y' }, facts).ok).toBe(true);
  });

  it('sends no one-time code to somebody without a phone number, and anything else', () => {
    const facts: AcceptanceFacts = { ...FACTS, recipient: 'US.13491208655302741918' };
    expect(judge(TEMPLATE_DRAFT, facts)).toMatchObject({ ok: true, recipient: 'US.13491208655302741918' });
    const consents = [{ purpose: 'authentication', status: 'GRANTED' }] as const;
    const codes: AcceptanceFacts = { ...facts, consents, template: { ...TEMPLATE, category: 'AUTHENTICATION' } };
    expect(judge(TEMPLATE_DRAFT, codes)).toMatchObject({
      ok: false,
      rule: 'template',
      error: { code: 'message.not-deliverable', errors: [{ pointer: '/contactId', code: 'recipient.phone-needed' }] },
    });
    expect(judge(TEMPLATE_DRAFT, { ...codes, recipient: '+40712345678' }).ok).toBe(true);
  });

  describe('media', () => {
    const PICTURE: MediaFact = { id: '0199a1b2-0000-7000-8000-000000000001', kind: 'image', state: 'STORED', mimeType: 'image/jpeg' };
    const picture = (id: string): MessageDraft => ({ ...TEXT_DRAFT, kind: 'image', content: { id } }) as MessageDraft;
    const withMedia = (...media: MediaFact[]): AcceptanceFacts => ({ ...FACTS, windowOpenUntil: LATER, media });

    it('go by our id, which the sender replaces', () => {
      expect(judge(picture(PICTURE.id.toUpperCase()), withMedia(PICTURE))).toMatchObject({ ok: true, mediaIds: [PICTURE.id] });
      expect(judge(picture(PICTURE.id), withMedia(PICTURE))).toMatchObject({
        ok: true,
        graphContent: { type: 'image', image: { id: PICTURE.id } },
      });
    });

    it.each<[string, Partial<MediaFact>, string]>([
      ['that is not there', { id: 'another' }, 'media.not-found'],
      ['that is not fetched yet', { state: 'PENDING', mimeType: null }, 'media.not-found'],
      ['that failed', { state: 'FAILED' }, 'media.not-found'],
      ['of another kind', { kind: 'document', mimeType: 'application/pdf' }, 'media.kind-mismatch'],
      ['of a type that Meta does not take', { mimeType: 'image/gif' }, 'media.kind-mismatch'],
    ])('refuses one %s, and points at it', (_, change, code) => {
      expect(judge(picture(PICTURE.id), withMedia({ ...PICTURE, ...change }))).toMatchObject({
        ok: false,
        rule: 'media',
        error: { code, errors: [{ pointer: '/image/id', code }] },
      });
    });

    it('become a voice message in Ogg only', () => {
      const voice = { ...TEXT_DRAFT, kind: 'audio', content: { id: PICTURE.id, voice: true } } as MessageDraft;
      const audio: MediaFact = { ...PICTURE, kind: 'audio', mimeType: 'audio/ogg; codecs=opus' };
      expect(judge(voice, withMedia(audio)).ok).toBe(true);
      expect(refusal(voice, withMedia({ ...audio, mimeType: 'audio/mpeg' }))).toBe('media: media.kind-mismatch');
    });

    it('are looked for in the headers of templates and of their cards too', () => {
      const header = { type: 'HEADER', format: 'IMAGE' };
      const card = { components: [header, { type: 'BODY', text: 'Soup' }] };
      const components = [header, { type: 'BODY', text: 'Hello' }, { type: 'CAROUSEL', cards: [card, card] }];
      const parameters = { header: { image: { id: 'a' } }, cards: [{ header: { image: { id: 'b' } } }, { header: { image: { id: 'a' } } }] };
      const draft = { ...TEMPLATE_DRAFT, content: { name: 'order_ready', language: 'en_US', parameters } } as MessageDraft;
      const facts = (...ids: string[]): AcceptanceFacts => ({
        ...withMedia(...ids.map((id) => ({ ...PICTURE, id }))),
        template: { ...TEMPLATE, components },
      });
      expect(judge(draft, facts('a', 'b'))).toMatchObject({ ok: true, mediaIds: ['a', 'b'] });
      expect(judge(draft, facts('a'))).toMatchObject({
        ok: false,
        error: { errors: [{ pointer: '/template/parameters/cards/0/header/image/id' }] },
      });
    });
  });
});

describe('a contact', () => {
  it('is reached by its phone, else by its business-scoped id', () => {
    expect(reachContact({ known: true, phone: '+40712345678', userId: 'US.1' })).toBe('+40712345678');
    expect(reachContact({ known: true, phone: null, userId: 'US.1' })).toBe('US.1');
    expect(reachContact({ known: true, phone: null, userId: null })).toMatchObject({ code: 'message.not-deliverable' });
    expect(reachContact({ known: false, phone: null, userId: null })).toMatchObject({
      code: 'contact.not-found',
      errors: [{ pointer: '/contactId' }],
    });
  });
});
