import { applyChanges, lockChangeTargets, tellChanges, type ChangedMessage, type ChangeStep, type ChangeTarget, type SystemTx } from '@parley/data';
import {
  displayContent,
  foldChanges,
  ORIGINAL_RETRY,
  type ChangedVersion,
  type EventName,
  type JsonObject,
  type MessageChange,
  type MessageKind,
} from '@parley/domain';
import { inboundMediaOf } from '../media/inbound-media.js';
import type { AppliedItem, ChangeItem, RoutedWork } from './inbound-item.js';

type Work = RoutedWork<ChangeItem>;

const EVENT_OF: Readonly<Record<MessageChange['type'], EventName>> = { edited: 'whatsapp.message_edited', revoked: 'whatsapp.message_revoked' };

/**
 * Applies edits and revocations, by customers and by the staff in its app. By position; each message once, with all that the set
 * says of it. One whose message has not come yet is tried again.
 */
export async function applyMessageChanges(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  const targets = await lockChangeTargets(tx, works.map(keyOf));
  const results: AppliedItem[] = works.map(({ item }) => ({ outcome: 'retry', error: `${item.kind}.original-unknown`, patience: ORIGINAL_RETRY }));
  const changed: ChangedMessage[] = [];
  const steps: ChangeStep[] = [];
  for (const target of targets) {
    const changes = target.ords.map((ord) => changeOf(works[ord]!, now));
    const after = foldChanges({ ...target, kind: target.kind as MessageKind }, changes);
    if (after.steps.length > 0) changed.push(changedMessage(target, after));
    steps.push(...after.steps.map((step) => stepOf(target, step)));
    const untold = new Map(after.steps.map(({ change }) => [change.wamid, change.type]));
    for (const [place, ord] of target.ords.entries()) results[ord] = resultOf(target, changes[place]!, untold);
  }
  await applyChanges(tx, changed);
  await tellChanges(tx, steps);
  return results;
}

/** The second copy within one set is a duplicate of the first. */
function resultOf({ id }: ChangeTarget, { wamid, type }: MessageChange, untold: Map<string, MessageChange['type']>): AppliedItem {
  if (!untold.delete(wamid)) return { outcome: 'duplicate' };
  return { outcome: 'applied', news: [{ resource: 'message', id, to: type.toUpperCase(), event: EVENT_OF[type] }] };
}

function keyOf({ number, item: { content } }: Work) {
  return { tenantId: number.tenantId, numberId: number.id, wamid: content.originalWamid, direction: content.direction };
}

function changeOf({ item }: Work, now: Date): MessageChange {
  const { wamid, at } = item.content;
  if (item.kind === 'revoke') return { type: 'revoked', wamid, at: at ?? now };
  return { type: 'edited', wamid, at: at ?? now, version: { kind: item.content.kind, content: JSON.stringify(item.content.content) } };
}

/** The content of a message that was taken back stays, for whoever has to know; its line in lists does not tell it. */
function changedMessage({ tenantId, id, numberId }: ChangeTarget, { kind, content, editedAt, revokedAt, steps }: ChangedVersion): ChangedMessage {
  const body = JSON.parse(content) as JsonObject;
  const line = revokedAt === null ? displayContent(kind, body) : displayContent('revoke', {});
  return { tenantId, id, numberId, kind, content, displayContent: line, editedAt, revokedAt, media: inboundMediaOf({ kind, content: body }), at: steps.at(-1)!.change.at };
}

function stepOf({ tenantId, id: messageId }: ChangeTarget, { change: { type, wamid, at }, earlier }: ChangedVersion['steps'][number]): ChangeStep {
  return { tenantId, messageId, type, detail: JSON.stringify({ wamid, at, ...(earlier && { earlier }) }), event: EVENT_OF[type] };
}
