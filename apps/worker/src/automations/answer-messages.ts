import { Injectable } from '@nestjs/common';
import { lockUnanswered, markAutomated, SystemDb, type UnansweredMessage } from '@parley/data';
import { DomainError, type MessageKind } from '@parley/domain';
import { AcceptMessages } from '@parley/messaging';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';
import { echoText } from './echo-text.js';

const MESSAGES_A_SET = 100;
const NO_BODY = Buffer.alloc(0);

/**
 * Gives customers' messages their automatic answers: the echo. An answer goes through the same acceptance as every
 * message, under a key made of the message it answers, so that a crash or a second worker cannot answer twice.
 */
@Injectable()
export class AnswerMessages {
  private readonly single = new SingleRun(async (signal) => {
    while (!signal.aborted && (await this.answerSet()) === MESSAGES_A_SET);
  });

  constructor(
    private readonly db: SystemDb,
    private readonly acceptance: AcceptMessages,
    private readonly logger: PinoLogger,
  ) {}

  /** Answers until nothing is waiting. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private answerSet(): Promise<number> {
    return this.db.transaction(async (tx) => {
      const messages = await lockUnanswered(tx, MESSAGES_A_SET);
      if (messages.length === 0) return 0;
      await Promise.all(messages.map((message) => this.echo(message)));
      await markAutomated(tx, messages);
      return messages.length;
    });
  }

  private async echo({ tenantId, id, numberId, kind, displayContent, wamid, createdAt, echoEnabled, contactId }: UnansweredMessage): Promise<void> {
    const body = echoText(kind as MessageKind, displayContent, createdAt);
    if (!echoEnabled || body === null) return;
    try {
      await this.acceptance.accept({
        tenantId,
        draft: { kind: 'text', content: { body }, numberId, contactId, sender: 'system', replyToWamid: wamid },
        source: 'automation',
        idempotencyKey: `echo:${id}`,
        requestHash: NO_BODY,
      });
    } catch (error) {
      // A refusal is final (the window has closed, consent was withdrawn): the message needs no second look. Anything
      // else leaves the set as it was, and the poll comes back to it.
      if (!(error instanceof DomainError) || error.retryable) throw error;
      logEvent(this.logger, 'message.state_changed', { messageId: id, to: 'UNANSWERED', reason: error.code });
    }
  }
}
