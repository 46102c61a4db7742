import {
  readSettings,
  recordConsents,
  refusedByNumber,
  type ConsentDecision,
  type InboundMessage,
  type RecordedConsent,
  type StoredMessage,
  type SystemTx,
} from '@parley/data';
import {
  CONSENT_PURPOSES,
  dropInvalidText,
  readConsentWord,
  saidIn,
  type ConsentPurpose,
  type ConsentSettings,
  type ConsentWord,
  type Said,
} from '@parley/domain';
import { confirmConsentWords } from './confirm-consent-words.js';
import type { ItemNews, MessageItem, RoutedWork } from './inbound-item.js';

/** Messages of customers as they were stored: works and messages by position, of which some were there already. */
export interface StoredSet {
  works: readonly RoutedWork<MessageItem>[];
  messages: readonly InboundMessage[];
  stored: readonly StoredMessage[];
}

/** A customer's message that is a word, and what it means to this tenant. */
export interface SpokenWord extends InboundMessage {
  id: string;
  said: Said;
  word: ConsentWord;
  settings: ConsentSettings;
}

/** The longest evidence, as of decisions that come over the API. */
const MOST_EVIDENCE = 2_000;

/** START gives back all that STOP took: who asks for one-time codes again must get them. */
const PURPOSES: Readonly<Record<ConsentWord['intent'], readonly ConsentPurpose[]>> = {
  stop: CONSENT_PURPOSES,
  start: CONSENT_PURPOSES,
  'opt-out': ['marketing'],
};

const SOURCES: Readonly<Record<ConsentWord['intent'], string>> = { stop: 'stop-word', start: 'start-word', 'opt-out': 'opt-out' };

/**
 * STOP, START and opt-outs among new messages: decisions with the message as their proof, and one answer to each that changed
 * something, all in the transaction that stores the message.
 */
export async function applyConsentWords(tx: SystemTx, set: StoredSet, now: Date): Promise<ItemNews[]> {
  const words = await readWords(tx, set);
  if (words.length === 0) return [];
  const lifted = await liftedOf(tx, words);
  const drafts = words.flatMap((word) => decisionsOf(word, lifted, now).map((decision) => ({ word, decision })));
  const recorded = await recordConsents(tx, drafts.map(({ decision }) => decision));
  const changed = new Set(drafts.flatMap(({ word, decision }, at) => (changes(decision, recorded[at]!) ? [word] : [])));
  const standing = new Set(drafts.flatMap(({ word }, at) => (recorded[at]!.stands ? [word] : [])));
  const news = [...standing].map(({ contactId: id, word }): ItemNews => {
    return { resource: 'consent', id, to: word.intent === 'start' ? 'GRANTED' : 'REVOKED', event: 'whatsapp.consent_changed' };
  });
  return [...news, ...(await confirmConsentWords(tx, [...changed]))];
}

async function readWords(tx: SystemTx, { works, messages, stored }: StoredSet): Promise<SpokenWord[]> {
  const ids = new Map(stored.map(({ numberId, wamid, id }) => [`${numberId} ${wamid}`, id]));
  const spoken = works.flatMap(({ item: { content } }, at) => {
    const message = messages[at]!;
    const id = ids.get(`${message.numberId} ${message.wamid}`);
    // What is said in a group is not said to the business.
    const said = content.groupId === null ? saidIn(content.kind, content.content) : null;
    return id !== undefined && said !== null ? [{ ...message, id, said }] : [];
  });
  if (spoken.length === 0) return [];
  const settings = await readSettings(tx, 'consent', spoken.map(({ tenantId }) => tenantId));
  return spoken.flatMap((message) => {
    const own = settings.get(message.tenantId)!;
    const word = readConsentWord(message.said, own);
    return word ? [{ ...message, word, settings: own }] : [];
  });
}

/** A START that counts for every number lifts what stands against the number it was written to as well, and against no other. */
async function liftedOf(tx: SystemTx, words: readonly SpokenWord[]): Promise<ReadonlySet<string>> {
  const starts = words.filter(({ word, settings }) => word.intent === 'start' && settings.scope === 'tenant');
  const refused = starts.length === 0 ? [] : await refusedByNumber(tx, starts);
  return new Set(refused.map(({ contactId, numberId, purpose }) => `${contactId} ${numberId} ${purpose}`));
}

function decisionsOf(message: SpokenWord, lifted: ReadonlySet<string>, now: Date): ConsentDecision[] {
  const { tenantId, contactId, numberId, id, at, word, said, settings } = message;
  return PURPOSES[word.intent].flatMap((purpose) => {
    const decision: ConsentDecision = {
      tenantId,
      contactId,
      numberId: settings.scope === 'number' ? numberId : null,
      purpose,
      status: word.intent === 'start' ? 'GRANTED' : 'REVOKED',
      source: SOURCES[word.intent],
      evidence: dropInvalidText(said.typed ?? said.chosen.join(' · ')).slice(0, MOST_EVIDENCE),
      actor: 'customer',
      messageId: id,
      decidedAt: at < now ? at : now,
    };
    const isLifted = word.intent === 'start' && lifted.has(`${contactId} ${numberId} ${purpose}`);
    return isLifted ? [decision, { ...decision, numberId }] : [decision];
  });
}

/** The same word again changes nothing, and is not answered again. */
function changes({ status }: ConsentDecision, { stands, before }: RecordedConsent): boolean {
  return stands && before !== status;
}
