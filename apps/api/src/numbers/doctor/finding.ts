import { DomainError, graphErrorRow } from '@parley/domain';
import { WhatsAppError } from '@parley/graph';

/** What is looked at, in the order in which it is shown. */
export const CHECKS = [
  'token',
  'scopes',
  'token-expiry',
  'account',
  'number',
  'registration',
  'display-name',
  'subscription',
  'callback',
  'quality',
  'throughput',
  'messaging-limit',
  'sending',
  'payment',
  'templates',
  'pause',
  'webhooks',
] as const;

export type CheckName = (typeof CHECKS)[number];

/** Rising: the worst of them is that of the whole number. What could not be asked is no good news, and no bad one. */
export const FINDING_STATUSES = ['ok', 'unknown', 'warn', 'fail'] as const;

export type FindingStatus = (typeof FINDING_STATUSES)[number];

/** What a check found. */
export interface Verdict {
  status: FindingStatus;
  /** One sentence. */
  summary: string;
  /** Meta's own words. */
  meta: string | null;
  whatToDo: string | null;
}

export interface Finding extends Verdict {
  name: CheckName;
}

export const ok = (summary: string, meta: string | null = null): Verdict => ({ status: 'ok', summary, meta, whatToDo: null });

export const warn = (summary: string, whatToDo: string, meta: string | null = null): Verdict => ({ status: 'warn', summary, meta, whatToDo });

export const fail = (summary: string, whatToDo: string, meta: string | null = null): Verdict => ({ status: 'fail', summary, meta, whatToDo });

/** Nobody said anything to judge by. */
export const unknown = (summary: string, whatToDo: string | null = null, meta: string | null = null): Verdict => ({ status: 'unknown', summary, meta, whatToDo });

/** The worst of all. */
export function worstOf(findings: readonly Verdict[]): FindingStatus {
  const rank = Math.max(...findings.map(({ status }) => FINDING_STATUSES.indexOf(status)));
  return FINDING_STATUSES[rank] ?? 'unknown';
}

/** A question that got no answer. Never an exception: the other checks have something to say. */
export function unanswered(error: unknown): Verdict {
  if (error instanceof WhatsAppError) {
    const { graph } = error;
    if (graph?.code == null) return unknown(`Meta could not be asked: ${error.detail}`, 'Try again in a minute.');
    return unknown('Meta did not let us ask this.', graphErrorRow(graph.code)?.whatToDo ?? 'Look at the checks of the token first.', wordsOf(error));
  }
  return unknown(error instanceof DomainError ? error.detail : 'It could not be found out.', 'Try again in a minute.');
}

/** Meta's text, code and trace id in one line. */
export function wordsOf({ graph, detail }: WhatsAppError): string {
  if (!graph) return detail;
  const { title, details, code, traceId } = graph;
  return [title, details, `code ${code}`, traceId && `trace ${traceId}`].filter(Boolean).join(' · ');
}
