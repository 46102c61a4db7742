import { SLOW_STEP_TYPES, textFor, type AutomationConditions, type AutomationStep } from './automation.js';
import { echoText } from './automation-echo.js';
import { matchesWords } from './automation-words.js';
import type { MessageKind, MessageSender } from './message.js';

/** What a chain is decided by: a customer's message, its conversation, and the hour. */
export interface ChainFacts {
  kind: MessageKind;
  /** What was written, chosen or said. */
  text: string | null;
  displayContent: string;
  arrivedAt: Date;
  isFirst: boolean;
  /** Whether business is open, and when it opens next; null: always open, or nobody knows when. */
  isOpen: boolean;
  opensAt: Date | null;
  language: string | null;
  numberId: string;
  isAssigned: boolean;
  /** Somebody answered a short while ago. */
  isAgentActive: boolean;
  isHandedOver: boolean;
  intent: string | null;
  intentConfidence: number | null;
  echoEnabled: boolean;
  /** STOP, START and the like: what follows is said elsewhere. */
  isConsentWord: boolean;
  hasTranscript: boolean;
  hasFile: boolean;
  /** The ends of closed periods of which the conversation was told. */
  saidAwayFor: readonly Date[];
}

/** Why a step had nothing to do. */
export const PASS_REASONS = [
  'condition.kind',
  'condition.first-message',
  'condition.business-hours',
  'condition.keywords',
  'condition.language',
  'condition.number',
  'condition.assigned',
  'condition.intent',
  'agent-active',
  'handed-over',
  'no-words',
  'no-voice',
  'no-match',
  'open',
  'already-said',
  'switched-off',
  'consent-word',
] as const;

export type PassReason = (typeof PASS_REASONS)[number];

/** What is to be done for a step: nothing, an answer that is known at once, or work that takes its time. */
export type StepDecision =
  | { do: 'pass'; reason: PassReason }
  | { do: 'answer'; text: string; sender: MessageSender; period: Date | null }
  | { do: 'work' };

/** A step of the chain with its place. */
export interface PlacedStep {
  step: AutomationStep;
  position: number;
}

export interface ChainWalk {
  /** Steps that had nothing to do, in order. */
  passed: (PlacedStep & { reason: PassReason })[];
  /** The step at which the chain stops; null at its end. */
  next: (PlacedStep & { decision: Exclude<StepDecision, { do: 'pass' }> }) | null;
}

/** Goes along the chain from what is done already to the first step that has something to do. */
export function walkChain(steps: readonly AutomationStep[], facts: ChainFacts, done: ReadonlySet<string>): ChainWalk {
  const passed: ChainWalk['passed'] = [];
  for (const [position, step] of steps.entries()) {
    if (!step.enabled || done.has(step.id)) continue;
    const decision = decideStep(step, facts);
    if (decision.do !== 'pass') return { passed, next: { step, position, decision } };
    passed.push({ step, position, reason: decision.reason });
  }
  return { passed, next: null };
}

/** Reactions, edits and the like are no question. The echo has its own rule. */
const SPOKEN_KINDS: ReadonlySet<MessageKind> = new Set<MessageKind>([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'button',
  'order',
]);

/** Pure: the same step and facts give the same decision. */
export function decideStep(step: AutomationStep, facts: ChainFacts): StepDecision {
  if (facts.isConsentWord) return pass('consent-word');
  const unmet = unmetCondition(step.when ?? {}, facts);
  if (unmet) return pass(unmet);
  if (SLOW_STEP_TYPES.has(step.type)) {
    const reason = idleReason(step, facts);
    return reason ? pass(reason) : { do: 'work' };
  }
  switch (step.type) {
    case 'keywords': {
      const { text, language } = facts;
      if (text === null) return pass('no-words');
      const found = step.answers.find(({ words, match }) => matchesWords(text, words, match));
      return found ? { do: 'answer', text: textFor(found.texts, language), sender: 'app', period: null } : pass('no-match');
    }
    case 'away':
      if (facts.isOpen) return pass('open');
      if (isSaid(facts)) return pass('already-said');
      return { do: 'answer', text: textFor(step.texts, facts.language), sender: 'system', period: closedPeriod(facts) };
    default: {
      if (!facts.echoEnabled) return pass('switched-off');
      const text = echoText(facts.kind, facts.displayContent, facts.arrivedAt);
      return text === null ? pass('condition.kind') : { do: 'answer', text, sender: 'system', period: null };
    }
  }
}

/** Why a slow step is not worth asking anybody. Bot and model are silent where people speak. */
function idleReason({ type }: AutomationStep, facts: ChainFacts): PassReason | null {
  if (type === 'transcribe') return facts.kind === 'audio' && facts.hasFile && !facts.hasTranscript ? null : 'no-voice';
  if (type === 'intent') return facts.text === null ? 'no-words' : null;
  if (facts.isHandedOver) return 'handed-over';
  if (facts.isAgentActive) return 'agent-active';
  return type === 'ai' && facts.text === null ? 'no-words' : null;
}

/** Where nobody knows when business opens again, one away message has to do. */
const NEVER = new Date('9999-12-31T00:00:00.000Z');

/** A closed period is known by its end. */
const closedPeriod = ({ opensAt }: ChainFacts): Date => opensAt ?? NEVER;

const isSaid = (facts: ChainFacts): boolean => facts.saidAwayFor.some((period) => period.getTime() === closedPeriod(facts).getTime());

type Condition = (when: AutomationConditions, facts: ChainFacts) => boolean;

const CONDITIONS: readonly [PassReason, Condition][] = [
  ['condition.kind', ({ kinds }, { kind }) => (kinds ? kinds.includes(kind) : SPOKEN_KINDS.has(kind))],
  ['condition.first-message', ({ firstMessage }, { isFirst }) => firstMessage === undefined || firstMessage === isFirst],
  ['condition.business-hours', ({ businessHours }, { isOpen }) => businessHours === undefined || (businessHours === 'inside') === isOpen],
  ['condition.keywords', ({ keywords }, { text }) => !keywords || (text !== null && matchesWords(text, keywords, 'contains'))],
  ['condition.language', ({ languages }, { language }) => !languages || (language !== null && languages.includes(language))],
  ['condition.number', ({ numberIds }, { numberId }) => !numberIds || numberIds.includes(numberId)],
  ['condition.assigned', ({ unassigned }, { isAssigned }) => unassigned === undefined || unassigned === !isAssigned],
  [
    'condition.intent',
    ({ intents, minConfidence }, { intent, intentConfidence }) =>
      (!intents || (intent !== null && intents.includes(intent))) && (minConfidence === undefined || (intentConfidence ?? 0) >= minConfidence),
  ],
];

function unmetCondition(when: AutomationConditions, facts: ChainFacts): PassReason | null {
  return CONDITIONS.find(([, holds]) => !holds(when, facts))?.[0] ?? null;
}

const pass = (reason: PassReason): StepDecision => ({ do: 'pass', reason });
