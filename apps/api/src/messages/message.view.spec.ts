import type { MessageMediaView } from './message-media.js';
import { messageView as viewWith, type MessageRow } from './message.view.js';

const at = new Date('2026-11-21T10:00:00Z');

function row(changes: Partial<MessageRow>): MessageRow {
  return {
    id: 'm', phoneNumberId: 'n', contactId: 'c', conversationId: null, direction: 'OUTBOUND', sender: 'app', kind: 'text',
    content: { body: 'Hi' }, displayContent: 'Hi', transcript: null, intent: null, intentConfidence: null, recipient: '+40723000111', state: 'QUEUED', waitCause: null, waitUntil: null,
    reason: null, wamid: null, attempts: 0, maxAttempts: 5, duplicateSuspected: false, errorCode: null, errorText: null, customerId: null, orderId: null,
    quoteId: null, userId: null, replyToWamid: null, mediaIds: [], createdAt: at, sendingAt: null, acceptedAt: null, sentAt: null, deliveredAt: null, readAt: null,
    playedAt: null, failedAt: null, editedAt: null, revokedAt: null, pricing: null, ...changes,
  };
}

const messageView = (row: MessageRow) => viewWith(row, new Map());

describe('a message as tenants see it', () => {
  it('waits in the queue for a reason, and says until when', () => {
    const waiting = messageView(row({ state: 'WAITING', waitCause: 'quota', waitUntil: at }));
    expect(waiting).toMatchObject({ status: 'QUEUED', reason: { code: 'QUOTA_EXCEEDED' }, waitUntil: at, nextAttemptAt: null });
  });

  it('shows its next attempt while it waits for one', () => {
    const retrying = messageView(row({ state: 'WAITING', waitCause: 'retry', waitUntil: at, errorCode: 131000, errorText: 'x' }));
    expect(retrying).toMatchObject({ status: 'QUEUED', reason: { code: 'RETRY' }, nextAttemptAt: at, error: { code: 131000, text: 'x' } });
  });

  it('says what was said in it and what is wanted, where that is known', () => {
    expect(messageView(row({ transcript: 'O masă', intent: 'reservation', intentConfidence: 0.5 }))).toMatchObject({ transcript: 'O masă', intent: { name: 'reservation', confidence: 0.5 } });
    expect(messageView(row({}))).toMatchObject({ transcript: null, intent: null });
  });

  it('says that its writer changed it or took it back, and what Meta charges', () => {
    const pricing = { billable: true, model: 'PMP', type: 'regular', category: 'utility' };
    expect(messageView(row({ editedAt: at, revokedAt: at, pricing }))).toMatchObject({ times: { editedAt: at, revokedAt: at }, pricing });
    expect(messageView(row({}))).toMatchObject({ times: { editedAt: null, revokedAt: null }, pricing: null });
  });

  it('hides the states that are ours alone', () => {
    expect(messageView(row({ state: 'DISPATCHED' })).status).toBe('QUEUED');
    expect(messageView(row({ state: 'UNKNOWN', reason: 'outcome.unknown' }))).toMatchObject({
      status: 'SENDING',
      reason: { code: 'OUTCOME_UNKNOWN' },
    });
  });

  it('says why it failed', () => {
    const failed = messageView(row({ state: 'FAILED', reason: 'consent.revoked', failedAt: at }));
    expect(failed).toMatchObject({ status: 'FAILED', reason: { code: 'consent.revoked', text: null }, error: null, times: { failedAt: at } });
  });

  it('was never queued when it came from the customer', () => {
    const inbound = messageView(row({ direction: 'INBOUND', sender: 'customer', state: 'RECEIVED', recipient: null }));
    expect(inbound).toMatchObject({ direction: 'INBOUND', status: 'RECEIVED', to: null, reason: null, times: { queuedAt: null } });
  });

  it('shows its media with their state, in order, and what it answers', () => {
    const media = (id: string): MessageMediaView => ({ id, state: 'PENDING', reason: null, mimeType: null });
    const known = new Map([media('b'), media('a'), media('c')].map((one) => [one.id, one]));
    const view = viewWith(row({ mediaIds: ['a', 'b'], replyToWamid: 'wamid.X' }), known);
    expect(view).toMatchObject({ media: [media('a'), media('b')], replyTo: 'wamid.X' });
  });
});
