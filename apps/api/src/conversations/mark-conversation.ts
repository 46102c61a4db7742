import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { ConversationClosed, type DomainError, type TenantId } from '@parley/domain';
import { GraphClient, WhatsAppError } from '@parley/graph';
import { Clock } from '@parley/platform';
import { found } from '../http/id.js';
import { graphRefusal } from '../numbers/graph-refusal.js';
import { OwnNumbers } from '../numbers/own-numbers.js';
import { CONVERSATION_INCLUDE, conversationView, type ConversationView } from './conversation.view.js';

interface MarkedConversation {
  conversation: ConversationView;
  /** Of the newest message that the customer wrote; null when there is none. */
  wamid: string | null;
}

/** Tells the customer that his messages were seen, and that an answer is on its way. */
@Injectable()
export class MarkConversation {
  constructor(
    private readonly db: TenantDb,
    private readonly numbers: OwnNumbers,
    private readonly graph: GraphClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets the unread count to 0 and has WhatsApp mark the customer's messages as read. The count is committed first: an
   * agent has seen the messages, whether WhatsApp can be told or not.
   * @throws resource.not-found; Meta's refusal with its code and trace id; window.closed for `typing` where nobody wrote
   */
  async read(tenantId: TenantId, id: string, typing: boolean): Promise<ConversationView> {
    const { conversation, wamid } = await this.db.run(tenantId, (tx) => clearUnread(tx, tenantId, id, this.clock.now()));
    if (wamid !== null) await this.tell(tenantId, conversation.numberId, wamid, typing);
    // WhatsApp shows typing as an answer to a message; without one there is nothing to show it on.
    else if (typing) throw new ConversationClosed(null);
    return conversation;
  }

  private async tell(tenantId: TenantId, numberId: string, wamid: string, typing: boolean): Promise<void> {
    const { graphId, accessToken } = await this.numbers.openAccount(tenantId, numberId);
    try {
      await this.graph.markRead({ phoneNumberId: graphId, wamid, typing, token: accessToken });
    } catch (error) {
      throw error instanceof WhatsAppError ? untold(error) : error;
    }
  }
}

/** The update comes first: it holds the conversation, so that a message which comes in meanwhile counts as unread again. */
async function clearUnread(tx: TenantTx, tenantId: string, id: string, now: Date): Promise<MarkedConversation> {
  await tx.conversation.updateMany({ where: { tenantId, id }, data: { unreadCount: 0 } });
  const where = { tenantId_id: { tenantId, id } };
  const conversation = conversationView(found(await tx.conversation.findUnique({ where, include: CONVERSATION_INCLUDE })), now);
  const newest = await tx.message.findFirst({
    where: { tenantId, conversationId: id, direction: 'INBOUND' },
    orderBy: { id: 'desc' },
    select: { wamid: true },
  });
  return { conversation, wamid: newest?.wamid ?? null };
}

function untold(error: WhatsAppError): DomainError {
  const reason = error.graph?.details ?? error.detail;
  return graphRefusal(error, error.code, `The conversation is read here, but WhatsApp was not told: ${reason}`);
}
