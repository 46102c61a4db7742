import { readServicePromises, recordResponses, type ConversationResponse, type CurrentConversation, type SystemTx } from '@parley/data';
import { askQuestion, settleAnswer, type ServiceState } from '@parley/domain';

/** What customers wrote in one conversation: Meta's times of their new messages. */
export interface AskedConversation {
  conversation: CurrentConversation;
  times: readonly Date[];
}

/**
 * What a set of customers' messages does to the service level of each conversation, by its id: an answer that sending has noted
 * meanwhile becomes a response, and what is asked now begins to wait. The conversations must be locked.
 */
export async function serveQuestions(tx: SystemTx, asked: readonly AskedConversation[]): Promise<ReadonlyMap<string, ServiceState>> {
  const promises = await readServicePromises(tx, asked.map(({ conversation }) => conversation.tenantId));
  const states = new Map<string, ServiceState>();
  const responses: ConversationResponse[] = [];
  for (const { conversation, times } of asked) {
    const { id, tenantId, numberId, contactId, assignedTo: assignee, state, now } = conversation;
    const promise = promises.get(tenantId)!;
    const settled = settleAnswer(conversation, promise);
    if (settled) responses.push({ tenantId, conversationId: id, numberId, contactId, assignee, ...settled.response });
    const before = settled?.state ?? conversation;
    // A conversation that is opened again gets a first answer again.
    states.set(id, askQuestion(state === 'RESOLVED' ? { ...before, firstResponseAt: null } : before, times, now, promise));
  }
  await recordResponses(tx, responses);
  return states;
}
