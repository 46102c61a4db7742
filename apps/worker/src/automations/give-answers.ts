import { Injectable } from '@nestjs/common';
import { finishRuns, retryRun, SystemDb, type ChainRow, type RunEnd } from '@parley/data';
import type { DomainError, MessageDraft } from '@parley/domain';
import { AcceptMessages, type AcceptanceRequest, type AcceptanceResult } from '@parley/messaging';
import { Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { PlanChains, type PlannedAnswer } from './plan-chains.js';
import { tellStep } from './tell-step.js';

const NO_BODY = Buffer.alloc(0);
const RETRY_MS = 1_000;

/** Refusals that every further answer to this customer would meet. */
const ENDS_CHAIN = /^(consent|window|module|number|contact|recipient)\./;

/** Whether no step after this one could answer either. */
export const endsChain = ({ code }: DomainError): boolean => ENDS_CHAIN.test(code);

/**
 * Hands answers to the acceptance that every message passes, under keys made of the message that they answer, its step
 * and their place: whatever runs twice, the customer gets it once.
 */
@Injectable()
export class GiveAnswers {
  constructor(
    private readonly db: SystemDb,
    private readonly acceptance: AcceptMessages,
    private readonly chains: PlanChains,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** What became of the answers of one step to one message, in their order. */
  accept(row: ChainRow, step: string, drafts: readonly MessageDraft[]): Promise<AcceptanceResult[]> {
    return this.acceptance.acceptAll(drafts.map((draft, place) => requestOf(row, step, draft, place)));
  }

  /** Gives answers that are known, notes how that went, and goes on where one could not be given. */
  async giveAll(answers: readonly PlannedAnswer[]): Promise<void> {
    for (let open = answers; open.length > 0; ) open = await this.give(open);
  }

  private async give(answers: readonly PlannedAnswer[]): Promise<PlannedAnswer[]> {
    const requests = answers.map(({ row, step, text, sender }) => requestOf(row, step.id, textDraft(row, text, sender), 0));
    const results = await this.acceptance.acceptAll(requests);
    const ends: RunEnd[] = [];
    const goOn: PlannedAnswer[] = [];
    for (const [at, { run, row, step }] of answers.entries()) {
      const result = results[at]!;
      if (!result.ok && result.error.retryable) {
        await retryRun(this.db, run, RETRY_MS, result.error.code);
        continue;
      }
      if (!result.ok && !endsChain(result.error)) goOn.push(answers[at]!);
      const end: RunEnd = result.ok
        ? { ...run, state: 'ANSWERED', reason: null, detail: { messageIds: [result.message.id] } }
        : { ...run, state: 'FAILED', reason: result.error.code, detail: null };
      ends.push(end);
      tellStep({ metrics: this.metrics, logger: this.logger }, step.type, row, end);
    }
    return this.db.transaction(async (tx) => {
      await finishRuns(tx, ends);
      return goOn.length === 0 ? [] : this.chains.advance(tx, goOn.map(({ row }) => row));
    });
  }
}

/** A reply of text to what the customer wrote. */
export function textDraft({ numberId, contactId, wamid }: ChainRow, body: string, sender: MessageDraft['sender']): MessageDraft {
  return { kind: 'text', content: { body }, numberId, contactId, sender, replyToWamid: wamid };
}

function requestOf({ tenantId, messageId }: ChainRow, step: string, draft: MessageDraft, place: number): AcceptanceRequest {
  // Another attempt may have another text under the same key; what was accepted first is what the customer gets.
  return { tenantId, draft, source: 'automation', idempotencyKey: `auto:${messageId}:${step}:${place}`, requestHash: NO_BODY };
}
