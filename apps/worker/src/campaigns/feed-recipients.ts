import { campaignKey, claimRecipients, settleFed, type FedRecipient, type FeedingRecipient, type LeasedCampaign, type SystemDb } from '@parley/data';
import { campaignContent, DomainError, stopsCampaign, variantAt, type MessageDraft } from '@parley/domain';
import type { AcceptanceRequest, AcceptMessages } from '@parley/messaging';

/** As many as acceptance takes in one set. */
const SET = 500;
/** Whoever was out of the world for longer may have lost the lease: what is in hand is left to its next holder. */
const STILL_OURS_MS = 10_000;
const NO_BODY = Buffer.alloc(0);

/** What one feeding did. */
export interface Feeding {
  fed: number;
  skipped: number;
  givenBack: number;
  /** The code of a refusal that stands in the way of the whole campaign. */
  stop: string | null;
  /** Not now: something is full or away. */
  isRefusedForNow: boolean;
}

interface Judged extends FedRecipient {
  stop: string | null;
  isLater: boolean;
}

export interface FeedParts {
  db: SystemDb;
  acceptance: AcceptMessages;
  signal: AbortSignal;
}

/**
 * Turns recipients into messages, set by set, through the one pipeline of acceptance. A recipient is in hand (committed)
 * before there is a message, and the message's key is made of the recipient: a crash between the two costs nothing but a
 * second look, and nobody gets two.
 */
export async function feedRecipients(parts: FeedParts, campaign: LeasedCampaign, zones: readonly string[], most: number): Promise<Feeding> {
  const total: Feeding = { fed: 0, skipped: 0, givenBack: 0, stop: null, isRefusedForNow: false };
  let left = most;
  for (const zone of zones) {
    while (left > 0 && !parts.signal.aborted && total.stop === null && !total.isRefusedForNow) {
      const claimedAt = performance.now();
      const recipients = await claimRecipients(parts.db, campaign, zone, Math.min(SET, left));
      if (recipients.length === 0) break;
      if (performance.now() - claimedAt > STILL_OURS_MS) return total;
      const judged = await acceptSet(parts, campaign, recipients);
      await settleFed(parts.db, campaign, judged);
      // Who was skipped takes no place in the queue.
      left -= judged.filter(({ state }) => state !== 'SKIPPED').length;
      add(total, judged);
    }
  }
  return total;
}

async function acceptSet({ acceptance }: FeedParts, campaign: LeasedCampaign, recipients: readonly FeedingRecipient[]): Promise<Judged[]> {
  const drafted = recipients.map((recipient) => draft(campaign, recipient));
  const wanted = drafted.filter((one): one is Drafted => 'request' in one);
  const results = await acceptance.acceptAll(wanted.map(({ request }) => request));
  const accepted = wanted.map(({ at }, place): Judged => {
    const result = results[place]!;
    return result.ok ? { ...at, ...PASSED, state: 'FED', messageId: result.message.id, reason: null } : refused(at, result.error);
  });
  return [...drafted.filter((one): one is Judged => !('request' in one)), ...accepted];
}

type Place = Pick<FedRecipient, 'position' | 'variant'>;
interface Drafted {
  at: Place;
  request: AcceptanceRequest;
}

const PASSED = { stop: null, isLater: false } as const;

function draft({ tenantId, id, numberId, variants, validSeconds }: LeasedCampaign, recipient: FeedingRecipient): Drafted | Judged {
  const { position, phone, contactId, isTwice } = recipient;
  const at = { position, variant: variantAt(id, variants, position) };
  if (isTwice) return skipped(at, 'recipient.duplicate');
  const content = campaignContent(variants[at.variant]!, recipient);
  if (!content.ok) return skipped(at, 'recipient.field-missing');
  const { name, language, parameters } = content;
  const message: MessageDraft = {
    kind: 'template',
    content: { name, language, ...(parameters !== undefined && { parameters }) },
    numberId,
    sender: 'app',
    ...(phone === null ? { contactId: contactId ?? undefined } : { to: phone }),
    validForSeconds: validSeconds,
  };
  return { at, request: { tenantId, draft: message, source: 'campaign', idempotencyKey: campaignKey(id, position), requestHash: NO_BODY } };
}

function skipped(at: Place, reason: string): Judged {
  return { ...at, ...PASSED, state: 'SKIPPED', messageId: null, reason };
}

/** What is about this person ends with a reason; what is about all of them, or about now, lets the person wait. */
function refused(at: Place, error: DomainError): Judged {
  const stop = stopsCampaign(error.code) ? error.code : null;
  if (stop === null && !error.retryable && error.isOperational && error.code !== 'internal.error') return skipped(at, error.code);
  return { ...at, state: 'WAITING', messageId: null, reason: null, stop, isLater: stop === null };
}

function add(total: Feeding, judged: readonly Judged[]): void {
  for (const { state, stop, isLater } of judged) {
    if (state === 'FED') total.fed += 1;
    else if (state === 'SKIPPED') total.skipped += 1;
    else total.givenBack += 1;
    total.stop ??= stop;
    total.isRefusedForNow ||= isLater;
  }
}
