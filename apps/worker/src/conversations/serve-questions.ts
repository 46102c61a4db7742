import { readServicePromises, recordResponses, type ConversationResponse, type CurrentConversation, type SystemTx } from '@parley/data';
import { askQuestion, readConsentWord, settleAnswer, type ConsentSettings, type Said, type ServiceState } from '@parley/domain';

/** A new message of a customer. */
export interface HeardMessage {
  /** Meta's time. */
  at: Date;
  kind: string;
  /** Null for a message that says nothing in words. */
  said: Said | null;
}

/** What customers wrote in one conversation. */
export interface AskedConversation {
  conversation: CurrentConversation;
  heard: readonly HeardMessage[];
}

/**
 * What a set of customers' messages does to the service level of each conversation, by its id: an answer that sending has noted
 * meanwhile becomes a response, and what is asked now begins to wait. The conversations must be locked.
 */
export async function serveQuestions(tx: SystemTx, asked: readonly AskedConversation[]): Promise<ReadonlyMap<string, ServiceState>> {
  const promises = await readServicePromises(tx, asked.map(({ conversation }) => conversation.tenantId));
  const states = new Map<string, ServiceState>();
  const responses: ConversationResponse[] = [];
  for (const { conversation, heard } of asked) {
    const { id, tenantId, numberId, contactId, assignedTo: assignee, state, now } = conversation;
    const promise = promises.get(tenantId)!;
    const settled = settleAnswer(conversation, promise);
    if (settled) responses.push({ tenantId, conversationId: id, numberId, contactId, assignee, ...settled.response });
    const before = settled?.state ?? conversation;
    const times = heard.filter((message) => isQuestion(message, promise.words)).map(({ at }) => at);
    // A conversation that is opened again gets a first answer again.
    states.set(id, askQuestion(state === 'RESOLVED' ? { ...before, firstResponseAt: null } : before, times, now, promise));
  }
  await recordResponses(tx, responses);
  return states;
}

/** A thumb up asks nothing, and a STOP or START has its answer in the confirmation: nobody else is to write to who said so. */
function isQuestion({ kind, said }: HeardMessage, words: ConsentSettings): boolean {
  return kind !== 'reaction' && (said === null || readConsentWord(said, words) === null);
}
