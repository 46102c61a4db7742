import { Injectable } from '@nestjs/common';
import { DomainError, isJsonObject, objectOf, type BotStep, type MessageDraft } from '@parley/domain';
import { readMessage } from '@parley/messaging';
import { Clock } from '@parley/platform';
import { Webhook } from 'standardwebhooks';
import type { GuardedAnswer } from '@parley/http';
import { Endpoints, jsonOf } from './endpoints.js';
import { StepFailed } from './step-failed.js';
import { StepSecrets } from './step-secrets.js';
import type { StepResult, StepWork } from './step-work.js';

const MOST_MESSAGES = 5;
const NO_CONTENT = 204;
const ACCEPTED = 202;
/** Whom an answer goes to is not the bot's to say. */
const OURS = ['numberId', 'to', 'contactId'] as const;

/**
 * Tells a tenant's bot of a message by a webhook signed as Standard Webhooks has it. 200 with messages is the answer, 202
 * says that it comes later over the API, 204 that there is none.
 */
@Injectable()
export class AskBot {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly secrets: StepSecrets,
    private readonly clock: Clock,
  ) {}

  /** @throws StepFailed */
  async run(work: StepWork<BotStep>, signal: AbortSignal): Promise<StepResult> {
    const { run, step } = work;
    const secret = await this.secrets.find(run.tenantId, step.id, step.url);
    if (secret === null) throw new StepFailed('secret-missing');
    const body = JSON.stringify(eventOf(work, this.clock.now()));
    const headers = { 'content-type': 'application/json', ...this.signature(work, secret, body) };
    const answer = await this.endpoints.post({ tenantId: run.tenantId, step, url: step.url, isOperators: false, headers, body }, signal);
    return answerOf(answer, work);
  }

  /** The id is that of message and step: a bot that is asked twice can tell. */
  private signature({ run: { messageId }, step }: StepWork, secret: string, body: string): Record<string, string> {
    const [id, now] = [`${messageId}:${step.id}`, this.clock.now()];
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': new Webhook(secret).sign(id, now, body) };
  }
}

function eventOf({ row, facts }: StepWork, now: Date): object {
  const { messageId, conversationId, contactId, numberId, wamid } = row;
  const { kind, text, arrivedAt, language, intent, intentConfidence, isFirst, isOpen } = facts;
  return {
    type: 'message.received',
    timestamp: now.toISOString(),
    data: {
      ...{ messageId, conversationId, contactId, numberId, wamid, kind, text },
      content: JSON.parse(row.content) as unknown,
      ...{ transcript: row.transcript, language, arrivedAt, isFirst, isOpen },
      intent: intent === null ? null : { name: intent, confidence: intentConfidence },
    },
  };
}

function answerOf(answer: GuardedAnswer, work: StepWork<BotStep>): StepResult {
  if (answer.status === ACCEPTED) return { end: 'answered', drafts: [], reason: 'answers-later' };
  if (answer.status === NO_CONTENT) return { end: 'passed', reason: 'nothing-to-say' };
  const { messages = [], handOver = false } = objectOf(jsonOf(answer));
  if (!Array.isArray(messages) || messages.length > MOST_MESSAGES || typeof handOver !== 'boolean') throw new StepFailed('answer-invalid');
  const drafts = messages.map((message) => draftOf(message, work));
  if (handOver) return { end: 'answered', drafts, handOver, reason: 'asked-for-person' };
  return drafts.length === 0 ? { end: 'passed', reason: 'nothing-to-say' } : { end: 'answered', drafts };
}

function draftOf(message: unknown, { row: { numberId, contactId } }: StepWork): MessageDraft {
  if (!isJsonObject(message) || OURS.some((name) => Object.hasOwn(message, name))) throw new StepFailed('answer-invalid');
  try {
    return readMessage({ ...message, numberId, contactId });
  } catch (error) {
    if (error instanceof DomainError) throw new StepFailed('answer-invalid', { cause: error });
    throw error;
  }
}
