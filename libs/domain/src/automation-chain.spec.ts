import fc from 'fast-check';
import { decideStep, walkChain, type ChainFacts } from './automation-chain.js';
import { automationReasonText, STEP_FAILURES } from './automation-reasons.js';
import { customerText, foldWords, matchesWords } from './automation-words.js';
import { endpointOf, textFor, type AutomationConditions, type AutomationStep } from './automation.js';
import { PASS_REASONS } from './automation-chain.js';
import { checkAutomations } from './settings/automations-settings.js';

const at = new Date('2026-11-21T10:00:00.000Z');
const FACTS: ChainFacts = {
  kind: 'text', text: 'Aveți meniul?', displayContent: 'Aveți meniul?', arrivedAt: at, isFirst: true, isOpen: true, opensAt: null, language: null,
  numberId: 'n1', isAssigned: false, isAgentActive: false, isHandedOver: false, intent: null, intentConfidence: null, echoEnabled: true,
  isConsentWord: false, hasTranscript: false, hasFile: false, saidAwayFor: [],
};
const facts = (changes: Partial<ChainFacts>): ChainFacts => ({ ...FACTS, ...changes });

const BASE = { id: 'one', enabled: true };
const menu: AutomationStep = { ...BASE, id: 'menu', type: 'keywords', answers: [
  { words: ['meniu', 'meniul'], match: 'contains', texts: { ro: 'Meniul: …', en: 'The menu: …' } },
  { words: ['program'], match: 'whole', texts: { ro: '10-22' } },
] };
const away: AutomationStep = { ...BASE, id: 'away', type: 'away', texts: { ro: 'Revenim.', en: 'We are back soon.' } };
const bot: AutomationStep = { ...BASE, id: 'bot', type: 'bot', url: 'https://bot.example.com' };
const ai: AutomationStep = { ...BASE, id: 'ai', type: 'ai', systemPrompt: 'x', maxTokens: 10, contextMessages: 1, dailyTokens: 1 };
const voice: AutomationStep = { ...BASE, id: 'voice', type: 'transcribe' };
const intent: AutomationStep = { ...BASE, id: 'intent', type: 'intent', api: 'openai', intents: [{ name: 'menu' }] };
const echo: AutomationStep = { ...BASE, id: 'echo', type: 'echo' };
const reasonOf = (step: AutomationStep, changes: Partial<ChainFacts>) => {
  const decision = decideStep(step, facts(changes));
  return decision.do === 'pass' ? decision.reason : decision.do;
};

describe('a chain', () => {
  it('stops at the first step that has something to do, and says why the ones before had nothing', () => {
    const chain = [voice, away, { ...bot, enabled: false }, menu, echo];
    expect(walkChain(chain, FACTS, new Set())).toEqual({
      passed: [{ step: voice, position: 0, reason: 'no-voice' }, { step: away, position: 1, reason: 'open' }],
      next: { step: menu, position: 3, decision: { do: 'answer', text: 'Meniul: …', sender: 'app', period: null } },
    });
    expect(walkChain(chain, FACTS, new Set(['voice', 'away', 'menu'])).next?.step).toBe(echo);
    expect(walkChain(chain, FACTS, new Set(['voice', 'away', 'menu', 'echo'])).next).toBeNull();
  });

  it('is silent where people speak: bot and model, but no receipt', () => {
    expect([reasonOf(bot, { isAgentActive: true }), reasonOf(ai, { isAgentActive: true }), reasonOf(echo, { isAgentActive: true })]).toEqual(['agent-active', 'agent-active', 'answer']);
    expect([reasonOf(bot, { isHandedOver: true }), reasonOf(ai, { isHandedOver: true })]).toEqual(['handed-over', 'handed-over']);
    expect([reasonOf(bot, {}), reasonOf(ai, {}), reasonOf(intent, {})]).toEqual(['work', 'work', 'work']);
  });

  it('has nothing to do for words of consent, reactions, and what has no words', () => {
    for (const step of [menu, away, bot, ai, intent, echo]) expect(reasonOf(step, { isConsentWord: true })).toBe('consent-word');
    for (const step of [menu, away, bot, ai, intent]) expect(reasonOf(step, { kind: 'reaction' })).toBe('condition.kind');
    expect([menu, ai, intent, bot].map((step) => reasonOf(step, { kind: 'sticker', text: null }))).toEqual(['no-words', 'no-words', 'no-words', 'work']);
    expect(reasonOf(menu, { text: 'Bună ziua' })).toBe('no-match');
    expect(reasonOf(echo, { echoEnabled: false })).toBe('switched-off');
    expect(reasonOf({ ...echo, when: { kinds: ['location'] } }, { kind: 'location' })).toBe('condition.kind');
  });

  it('transcribes a voice note once, and goes on with its words', () => {
    expect(reasonOf(voice, { kind: 'audio', text: null, hasFile: true })).toBe('work');
    expect(reasonOf(voice, { kind: 'audio', hasFile: true, hasTranscript: true })).toBe('no-voice');
    expect(decideStep(menu, facts({ kind: 'audio', text: 'meniul, vă rog', language: 'en' }))).toMatchObject({ do: 'answer', text: 'The menu: …' });
  });

  it('says once in a closed period that nobody is there', () => {
    const opensAt = new Date('2026-11-22T08:00:00.000Z');
    expect(decideStep(away, facts({ isOpen: false, opensAt }))).toEqual({ do: 'answer', text: 'Revenim.', sender: 'system', period: opensAt });
    expect(reasonOf(away, { isOpen: false, opensAt, saidAwayFor: [new Date(0), opensAt] })).toBe('already-said');
    expect(reasonOf(away, { isOpen: false, opensAt: new Date('2026-11-23T08:00:00.000Z'), saidAwayFor: [opensAt] })).toBe('answer');
    const forEver = decideStep(away, facts({ isOpen: false, opensAt: null }));
    expect(forEver.do === 'answer' && reasonOf(away, { isOpen: false, saidAwayFor: [forEver.period!] })).toBe('already-said');
  });

  it.each<[string, AutomationConditions, Partial<ChainFacts>, Partial<ChainFacts>]>([
    ['condition.kind', { kinds: ['audio'] }, { kind: 'audio' }, { kind: 'text' }],
    ['condition.first-message', { firstMessage: true }, { isFirst: true }, { isFirst: false }],
    ['condition.first-message', { firstMessage: false }, { isFirst: false }, { isFirst: true }],
    ['condition.business-hours', { businessHours: 'outside' }, { isOpen: false }, { isOpen: true }],
    ['condition.business-hours', { businessHours: 'inside' }, { isOpen: true }, { isOpen: false }],
    ['condition.keywords', { keywords: ['MENIUL'] }, {}, { text: 'meniuri' }],
    ['condition.keywords', { keywords: ['meniul'] }, {}, { text: null }],
    ['condition.language', { languages: ['ro'] }, { language: 'ro' }, { language: null }],
    ['condition.number', { numberIds: ['n1'] }, {}, { numberId: 'n2' }],
    ['condition.assigned', { unassigned: true }, { isAssigned: false }, { isAssigned: true }],
    ['condition.assigned', { unassigned: false }, { isAssigned: true }, { isAssigned: false }],
    ['condition.intent', { intents: ['menu'] }, { intent: 'menu' }, { intent: 'other' }],
    ['condition.intent', { intents: ['menu'] }, { intent: 'menu' }, { intent: null }],
    ['condition.intent', { minConfidence: 0.7 }, { intentConfidence: 0.7 }, { intentConfidence: 0.69 }],
    ['condition.intent', { minConfidence: 0.7 }, { intentConfidence: 1 }, { intentConfidence: null }],
  ])('%s %j holds or does not', (reason, when, holds, not) => {
    expect(reasonOf({ ...bot, when }, holds)).toBe('work');
    expect(reasonOf({ ...bot, when }, not)).toBe(reason);
  });

  it('has words for every reason of its own', () => {
    for (const reason of [...PASS_REASONS, ...Object.keys(STEP_FAILURES)]) expect(automationReasonText(reason)).toMatch(/\.$/);
    expect(automationReasonText('consent.revoked')).toBeNull();
  });
});

describe('words', () => {
  it('do not mind case, diacritics and punctuation, and are whole', () => {
    expect(foldWords('  Mulțumesc, ȘTEFAN! ')).toBe('multumesc stefan');
    expect([matchesWords('Program?', ['PROGRAM'], 'whole'), matchesWords('ce program aveți', ['program'], 'whole')]).toEqual([true, false]);
    expect([matchesWords('I know', ['no'], 'contains'), matchesWords('No, thanks', ['no'], 'contains'), matchesWords('x', ['!'], 'contains')]).toEqual([false, true, false]);
  });

  it('that are in a text are found, whatever stands around them', () => {
    const word = fc.stringMatching(/^[a-zăâîșț]{1,8}$/);
    fc.assert(fc.property(word, word, word, (before, wanted, after) => matchesWords(`${before}, ${wanted.toUpperCase()}! ${after}`, [wanted], 'contains')));
  });

  it('are what was written, chosen or said', () => {
    expect(customerText('text', { body: 'a' }, null)).toBe('a');
    expect(customerText('button', { text: 'b' }, null)).toBe('b');
    expect(customerText('interactive', { list_reply: { title: 'c' } }, null)).toBe('c');
    expect(customerText('image', { caption: 'd' }, null)).toBe('d');
    expect(customerText('order', { text: 'e' }, null)).toBe('e');
    expect([customerText('audio', {}, 'f'), customerText('audio', {}, null), customerText('location', {}, null)]).toEqual(['f', null, null]);
  });

  it('are read in one’s own language, or in the first', () => {
    const texts = { ro: 'Bună', 'en-GB': 'Hello', en: 'Hi' };
    expect(['ro', 'en-GB', 'en-US', 'hu', null].map((language) => textFor(texts, language))).toEqual(['Bună', 'Hello', 'Hi', 'Bună', 'Bună']);
    expect(textFor({}, null)).toBe('');
  });
});

describe('the settings of automations', () => {
  const pointers = (...steps: AutomationStep[]) => checkAutomations({ silenceMinutes: 30, steps }).map(({ pointer }) => pointer);

  it('know each step once, and texts and words for somebody', () => {
    expect(pointers(voice, intent, menu, away, bot, ai, echo)).toEqual([]);
    expect(pointers(echo, echo)).toEqual(['/steps/1/id']);
    expect(pointers({ ...away, texts: {} })).toEqual(['/steps/0/texts']);
    expect(pointers({ ...away, texts: { romanian: 'x' } })).toEqual(['/steps/0/texts']);
    expect(pointers({ ...away, texts: { ro: ' ' } })).toEqual(['/steps/0/texts/ro']);
    expect(pointers({ ...away, texts: { ro: 1 as unknown as string } })).toEqual(['/steps/0/texts/ro']);
    expect(pointers({ ...menu, answers: [{ words: ['?'], match: 'whole', texts: { ro: 'x' } }] } as AutomationStep)).toEqual(['/steps/0/answers/0/words/0']);
    expect(pointers({ ...bot, when: { keywords: ['!'] } })).toEqual(['/steps/0/when/keywords/0']);
    expect(pointers({ ...ai, handOver: { words: ['-'], texts: {} } } as AutomationStep)).toEqual(['/steps/0/handOver/words/0', '/steps/0/handOver/texts']);
  });

  it('want to know the intents, or who knows them', () => {
    expect(pointers({ ...BASE, type: 'intent', api: 'openai' })).toEqual(['/steps/0/intents']);
    expect(pointers({ ...BASE, type: 'intent', api: 'rasa' })).toEqual(['/steps/0/endpoint']);
    expect([endpointOf(bot), endpointOf(echo), endpointOf(ai), endpointOf({ ...ai, endpoint: { url: 'https://x.example' } } as AutomationStep)]).toEqual(['https://bot.example.com', null, null, 'https://x.example']);
  });
});
