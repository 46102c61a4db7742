import { GRAPH_ERRORS, type GraphErrorClass, type GraphErrorScope } from './graph-error-table.js';
import { type MessageState, UNCERTAIN, type WaitCause } from './message.js';

/** Whether a dead letter may be redriven, and what the checks at leaving would say of it now. */
export const REDRIVE_VERDICTS = {
  'goes-out': 'It passes every check, and leaves when its number may send.',
  waits: 'It is queued, and waits for what reason names.',
  fails: 'It would fail again at once, for what reason names.',
  uncertain: 'The customer may have it already: it is redriven with allowDuplicate only.',
  expired: 'Its time was over before it left; send it again as a new message.',
  'not-dead': 'It is no dead letter, or not any more.',
  'not-found': 'There is no such message.',
} as const;

export type RedriveVerdict = keyof typeof REDRIVE_VERDICTS;

/** What the checks need to know of a dead letter. */
export interface RedriveFacts {
  isDead: boolean;
  state: MessageState;
  /** Why it failed. */
  reason: string | null;
  purpose: string | null;
  consent: string | null;
  /** The refusal of its template; null where it is approved, or none is needed. */
  templateRefusal: string | null;
  /** Its template is paused or under review. */
  isTemplateHeld: boolean;
  needsWindow: boolean;
  isWindowOpen: boolean;
  /** What holds its number, account or tenant now. */
  heldFor: WaitCause | null;
}

export interface JudgedRedrive {
  verdict: RedriveVerdict;
  /** Why it would wait or fail: a wait cause, or a code of the table of errors. */
  reason: string | null;
}

/**
 * What becomes of a dead letter that is redriven now. The order of the checks is the claim's, which makes them again when
 * the message leaves: this one only tells beforehand.
 */
export function judgeRedrive(facts: RedriveFacts, options: { allowDuplicate: boolean }): JudgedRedrive {
  const refused = refusedRedrive(facts, options);
  if (refused) return { verdict: refused, reason: null };
  const fails = failureAtLeaving(facts);
  if (fails !== null) return { verdict: 'fails', reason: fails };
  const waitsFor = facts.isTemplateHeld ? 'template' : facts.heldFor;
  return waitsFor === null ? { verdict: 'goes-out', reason: null } : { verdict: 'waits', reason: waitsFor };
}

function refusedRedrive({ isDead, state, reason }: RedriveFacts, { allowDuplicate }: { allowDuplicate: boolean }): RedriveVerdict | null {
  if (!isDead) return 'not-dead';
  if (state !== 'FAILED') return 'expired';
  return reason === UNCERTAIN && !allowDuplicate ? 'uncertain' : null;
}

function failureAtLeaving(facts: RedriveFacts): string | null {
  if (facts.consent !== null && facts.consent !== 'GRANTED') return 'consent.revoked';
  if (facts.consent === null && facts.purpose !== 'service') return 'consent.missing';
  if (facts.isTemplateHeld) return null;
  if (facts.templateRefusal !== null) return facts.templateRefusal;
  return facts.needsWindow && !facts.isWindowOpen ? 'window.closed' : null;
}

/** What may be over so that dead letters go out again by themselves. */
export const REDRIVE_CAUSES = ['breaker', 'credential', 'account', 'throttle', 'template'] as const;

export type RedriveCause = (typeof REDRIVE_CAUSES)[number];

const metaReasons = (isOne: (kind: GraphErrorClass, scope: GraphErrorScope) => boolean): string[] =>
  GRAPH_ERRORS.filter((row) => isOne(row.class, row.scope)).flatMap((row) =>
    row.codes.flatMap((code) => (typeof code === 'number' ? [`meta.${code}`] : rangeOf(code).map((one) => `meta.${one}`))),
  );

/**
 * The reasons of dead letters that stem from each cause. FAILED(uncertain) is in none: what the customer may have already
 * never goes out again by itself.
 */
export const REASONS_OF_CAUSE: Readonly<Record<RedriveCause, readonly string[]>> = {
  breaker: ['network.unreachable', ...metaReasons((kind) => kind === 'retry')],
  credential: ['credential.invalid', ...metaReasons((kind) => kind === 'credential')],
  account: metaReasons((kind, scope) => kind === 'policy' && scope === 'account'),
  throttle: metaReasons((kind, scope) => kind === 'throttled' && scope !== 'template'),
  template: [
    'template.not-approved',
    'template.rejected',
    'template.disabled',
    'template.deleted',
    ...metaReasons((kind, scope) => kind === 'policy' && scope === 'template'),
    'meta.132001',
    'meta.132016',
  ],
};

function rangeOf([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
