import type { MessageKind } from './message.js';

/** What a message said at some time. */
export interface MessageVersion {
  kind: MessageKind;
  /** JSON text. */
  content: string;
}

/** A change by the writer of a message: another text, or that it was taken back. */
export type MessageChange = { wamid: string; at: Date } & ({ type: 'edited'; version: MessageVersion } | { type: 'revoked' });

/** A message with the changes that it has gone through. */
export interface ChangeableMessage extends MessageVersion {
  editedAt: Date | null;
  revokedAt: Date | null;
  known: readonly Pick<MessageChange, 'type' | 'wamid' | 'at'>[];
}

/** A change that was news, and what is to be kept of it: the version that it replaced, or its own where a later one stands. */
export interface ChangeStep {
  change: MessageChange;
  earlier: MessageVersion | null;
}

export interface ChangedVersion extends MessageVersion {
  editedAt: Date | null;
  revokedAt: Date | null;
  steps: readonly ChangeStep[];
}

/**
 * Applies changes to a message. Pure, and independent of their order and number: the latest edit by Meta's time (then by its id)
 * is what the message says, every other version is in some step, and a message that was taken back stays so.
 */
export function foldChanges(message: ChangeableMessage, changes: readonly MessageChange[]): ChangedVersion {
  const seen = new Set(message.known.map(({ wamid }) => wamid));
  let { kind, content, editedAt, revokedAt } = message;
  let standing = latestEdit(message);
  const steps: ChangeStep[] = [];
  for (const change of [...changes].sort(byTime)) {
    if (seen.has(change.wamid)) continue;
    seen.add(change.wamid);
    if (change.type === 'revoked') {
      if (revokedAt === null) steps.push({ change, earlier: null });
      revokedAt = revokedAt !== null && revokedAt < change.at ? revokedAt : change.at;
    } else if (standing && byTime(change, standing) < 0) {
      steps.push({ change, earlier: change.version });
    } else {
      steps.push({ change, earlier: { kind, content } });
      ({ kind, content } = change.version);
      editedAt = change.at;
      standing = change;
    }
  }
  return { kind, content, editedAt, revokedAt, steps };
}

/** Steps are not kept for ever; the time of the latest edit is. */
function latestEdit({ known, editedAt }: ChangeableMessage): Pick<MessageChange, 'at' | 'wamid'> | undefined {
  const latest = known.filter(({ type }) => type === 'edited').sort(byTime).at(-1);
  return latest ?? (editedAt === null ? undefined : { at: editedAt, wamid: '' });
}

function byTime(one: Pick<MessageChange, 'at' | 'wamid'>, other: Pick<MessageChange, 'at' | 'wamid'>): number {
  const ms = one.at.getTime() - other.at.getTime();
  return ms !== 0 ? ms : Number(one.wamid > other.wamid) - Number(one.wamid < other.wamid);
}
