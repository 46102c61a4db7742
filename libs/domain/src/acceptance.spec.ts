import {
  ACCEPTANCE_RULES,
  type AcceptanceFacts,
  type AcceptanceRule,
  judge,
  type MessageDraft,
  TEXT_BODY_LIMIT,
} from './acceptance.js';
import { LANES } from './lane.js';
import type { TemplateDefinition } from './template.js';

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
  number: { id: 'n', accountId: 'a', state: 'CONNECTED', pausedUntil: null, pauseReason: null },
  template: TEMPLATE,
  consents: [{ purpose: 'utility', status: 'GRANTED' }],
  windowOpenUntil: null,
  now: NOW,
};

const TEMPLATE_DRAFT: MessageDraft = {
  numberId: 'n',
  to: '+40 712 345 678',
  sender: 'app',
  kind: 'template',
  content: { name: 'order_ready', language: 'en_US', parameters: { body: ['Ana'] } },
};

const TEXT_DRAFT: MessageDraft = {
  numberId: 'n',
  to: '+40712345678',
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
      to: broken('recipient') ? '123' : TEMPLATE_DRAFT.to,
      content: { name: 'order_ready', language: 'en_US', parameters: { body: broken('parameters') ? [] : ['Ana'] } },
    } as MessageDraft,
    {
      ...FACTS,
      tenantModuleEnabled: !broken('tenant'),
      number: broken('number') ? null : FACTS.number,
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
      purpose: 'utility',
      recipient: '+40712345678',
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

  it('accepts for a paused number, whose messages wait, but not for one that Meta has cut off', () => {
    const number = { ...FACTS.number!, pausedUntil: LATER, pauseReason: 'quality' };
    expect(judge(TEMPLATE_DRAFT, { ...FACTS, number }).ok).toBe(true);
    expect(refusal(TEMPLATE_DRAFT, { ...FACTS, number: { ...number, state: 'BANNED' } })).toBe(
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
});
