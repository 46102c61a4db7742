import { Injectable } from '@nestjs/common';
import {
  lockConversationRound,
  lockDueService,
  readServicePromises,
  recordResponses,
  serveConversations,
  SystemDb,
  type ConversationResponse,
  type DueConversation,
  type ServedConversation,
  type SystemTx,
} from '@parley/data';
import { escalate, settleAnswer } from '@parley/domain';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const CHUNK = 500;

interface ServedChunk {
  served: ServedConversation[];
  responses: ConversationResponse[];
  mayBeMore: boolean;
}

/**
 * Looks after questions that wait: notes the answers that nobody has turned into a response yet, and escalates what is nearly
 * overdue or is. A chunk is one transaction of one worker at a time; what it has done is not due any more.
 */
@Injectable()
export class MonitorServiceLevel {
  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** @param now for tests; otherwise the database's clock */
  async run(signal: AbortSignal, now?: Date): Promise<void> {
    for (let mayBeMore = true; mayBeMore && !signal.aborted; ) {
      const chunk = await this.db.transaction((tx) => serveChunk(tx, now));
      if (chunk === null) return;
      this.tell(chunk);
      mayBeMore = chunk.mayBeMore;
    }
  }

  private tell({ served, responses }: ServedChunk): void {
    this.metrics.add('conversation_changes_total', responses.length, { change: 'answered' });
    for (const { tenantId, id, escalatedTo, service } of served) {
      if (escalatedTo === null) continue;
      this.metrics.inc('conversation_changes_total', { change: escalatedTo === 'breached' ? 'breached' : 'due_soon' });
      if (escalatedTo === 'breached') this.metrics.inc('events_published_total', { event: 'whatsapp.conversation_sla_breached' });
      logEvent(this.logger, 'conversation.escalated', { tenantId, id, to: escalatedTo, answerDueAt: service.answerDueAt?.toISOString(), priority: service.priority });
    }
  }
}

/** Null: another worker is at it. */
async function serveChunk(tx: SystemTx, asOf?: Date): Promise<ServedChunk | null> {
  const clock = await lockConversationRound(tx);
  if (clock === null) return null;
  const due = await lockDueService(tx, asOf ?? clock, CHUNK);
  const promises = await readServicePromises(tx, due.map(({ tenantId }) => tenantId));
  const responses: ConversationResponse[] = [];
  const served = due.flatMap((one): ServedConversation[] => {
    const settled = settleAnswer(one, promises.get(one.tenantId)!);
    if (settled) responses.push({ ...keyOf(one), ...settled.response });
    const escalated = settled ? null : escalate(one, asOf ?? clock);
    const service = settled?.state ?? escalated?.state;
    return service ? [{ tenantId: one.tenantId, id: one.id, service, escalatedTo: escalated?.to ?? null }] : [];
  });
  await recordResponses(tx, responses);
  await serveConversations(tx, served);
  // Where nothing could be done with what was due, more of the same would not end.
  return { served, responses, mayBeMore: due.length === CHUNK && served.length > 0 };
}

const keyOf = ({ tenantId, id, numberId, contactId, assignedTo }: DueConversation) => ({ tenantId, conversationId: id, numberId, contactId, assignee: assignedTo });
