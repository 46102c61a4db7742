import { blamesRowUnlessAway, nameConfirmations, pgFailure, type SystemTx } from '@parley/data';
import { consentConfirmation, type MessageDraft } from '@parley/domain';
import { acceptInTransaction, type AcceptanceRequest } from '@parley/messaging';
import type { SpokenWord } from './apply-consent-words.js';
import type { ItemNews } from './inbound-item.js';

/** An answer that comes later than this answers nothing. */
const VALID_SECONDS = 3_600;
const NO_BODY = Buffer.alloc(0);

interface Confirmation {
  word: SpokenWord;
  request: AcceptanceRequest;
}

/**
 * Answers each STOP and START once, where the window is open: accepted in the transaction of the word itself, so that it is there
 * exactly when the word is. The answer to a STOP goes against what the STOP has just revoked: only its source lets it pass
 * acceptance, and only because the refusal names it does the claim let it go.
 */
export async function confirmConsentWords(tx: SystemTx, words: readonly SpokenWord[]): Promise<ItemNews[]> {
  const confirmations = words.flatMap((word) => confirmationOf(word) ?? []);
  if (confirmations.length === 0) return [];
  try {
    return await tx.savepoint(() => accept(tx, confirmations));
  } catch (error) {
    // A STOP without its answer is better than none.
    if (!blamesRowUnlessAway(pgFailure(error))) throw error;
    return [];
  }
}

function confirmationOf(word: SpokenWord): Confirmation | null {
  const { tenantId, numberId, contactId, wamid, id } = word;
  const body = consentConfirmation(word.word, word.settings);
  if (body === null) return null;
  const { intent } = word.word;
  const draft: MessageDraft = { kind: 'text', content: { body }, numberId, contactId, sender: 'system', replyToWamid: wamid };
  return {
    word,
    request: { tenantId, draft, source: intent === 'stop' ? 'consent' : 'automation', idempotencyKey: `${intent}:${id}`, requestHash: NO_BODY },
  };
}

async function accept(tx: SystemTx, confirmations: readonly Confirmation[]): Promise<ItemNews[]> {
  const results = await acceptInTransaction(tx, confirmations.map(({ request }) => request), VALID_SECONDS);
  const accepted = confirmations.flatMap(({ word }, at) => {
    const result = results[at]!;
    // What is refused (the window is closed, the module is off) is not answered.
    return result.ok && !result.replayed ? [{ word, messageId: result.message.id }] : [];
  });
  await nameConfirmations(
    tx,
    accepted.flatMap(({ word: { tenantId, contactId, numberId, word }, messageId }) => (word.intent === 'stop' ? [{ tenantId, contactId, numberId, messageId }] : [])),
  );
  return accepted.map(({ word: { numberId }, messageId: id }) => {
    return { resource: 'message', id, to: 'QUEUED', event: 'whatsapp.message_accepted', numberId };
  });
}
