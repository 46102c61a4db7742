import { lockStatusTargets, noteStatuses, type StatusNote, type SystemTx } from '@parley/data';
import { statusKeyOf } from './apply-statuses.js';
import type { AppliedItem, RoutedWork, StatusNoteItem } from './inbound-item.js';

/**
 * Puts what Meta says of messages beside their delivery on their timelines, once. By position; an item whose message is not there
 * yet is tried again.
 */
export async function applyStatusNotes(tx: SystemTx, works: readonly RoutedWork<StatusNoteItem>[]): Promise<AppliedItem[]> {
  const targets = await lockStatusTargets(tx, works.map(statusKeyOf));
  const notes = targets.flatMap(({ tenantId, id: messageId, ords }): StatusNote[] =>
    ords.map((ord) => {
      const { item: { content: { note, at, errors } }, eventId } = works[ord]!;
      return { tenantId, messageId, note, detail: JSON.stringify({ at, errors, webhookEventId: eventId }) };
    }),
  );
  const fresh = new Set((await noteStatuses(tx, notes)).map(({ messageId, note }) => `${messageId} ${note}`));
  const results: AppliedItem[] = works.map(() => ({ outcome: 'retry', error: 'status.message-unknown' }));
  for (const { id, ords } of targets) {
    for (const ord of ords) {
      const { note } = works[ord]!.item.content;
      results[ord] = fresh.delete(`${id} ${note}`) ? { outcome: 'applied', news: [{ resource: 'message', id, to: note.toUpperCase(), event: null }] } : { outcome: 'duplicate' };
    }
  }
  return results;
}
