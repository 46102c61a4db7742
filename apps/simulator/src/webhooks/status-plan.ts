import type { FaultEffect } from '../faults/fault.js';
import type { RandomStream } from '../random/seeded-random.js';
import type { SettingValues } from '../state/settings.js';

export type StatusName = 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** A status and how long after the acceptance it is given out. */
export interface StatusStep {
  readonly status: StatusName;
  readonly afterMs: number;
}

/** What of a message decides which statuses it gets. */
export interface PlannedMessage {
  readonly type: string;
  readonly isVoice?: boolean;
  readonly failure: number | null;
  readonly fault?: FaultEffect | undefined;
}

/** Which statuses a message will get, and when. Reactions only ever get `sent`. */
export function planStatuses(
  message: PlannedMessage,
  settings: Readonly<SettingValues>,
  random: RandomStream,
): StatusStep[] {
  const { fault } = message;
  let atMs = fault?.kind === 'statuses-delayed' ? fault.delayMs : 0;
  const steps = statusNames(message, settings, random).map((status): StatusStep => {
    atMs += delayMs(status, settings, random);
    return { status, afterMs: atMs };
  });
  if (fault?.kind === 'statuses-dropped') return [];
  if (fault?.kind === 'statuses-reversed') return reordered(steps, steps.toReversed());
  if (fault?.kind === 'statuses-duplicated') return steps.flatMap((step) => Array<StatusStep>(fault.copies).fill(step));
  return settings.shuffle ? reordered(steps, random.shuffle(steps)) : steps;
}

/** The same times with the statuses in another order. */
function reordered(steps: readonly StatusStep[], order: readonly StatusStep[]): StatusStep[] {
  return steps.map(({ afterMs }, index) => ({ status: order[index]?.status ?? 'sent', afterMs }));
}

function statusNames(
  { type, isVoice, failure, fault }: PlannedMessage,
  settings: Readonly<SettingValues>,
  random: RandomStream,
): StatusName[] {
  if (failure !== null) {
    const isSentFirst = random.chance(settings.failedAfterSentShare) || fault?.kind === 'failed-after-sent';
    return isSentFirst ? ['sent', 'failed'] : ['failed'];
  }
  if (type === 'reaction') return ['sent'];
  const skipsDelivered = random.chance(settings.readWithoutDeliveredShare) || fault?.kind === 'read-without-delivered';
  if (skipsDelivered) return ['sent', 'read'];
  if (!random.chance(settings.readShare)) return ['sent', 'delivered'];
  const isPlayed = isVoice === true && random.chance(settings.playedShare);
  return isPlayed ? ['sent', 'delivered', 'read', 'played'] : ['sent', 'delivered', 'read'];
}

function delayMs(status: StatusName, settings: Readonly<SettingValues>, random: RandomStream): number {
  const { statusDelaysMs: fixed, statusSpansMs: spans } = settings;
  const step = status === 'failed' ? 'delivered' : status;
  return fixed ? (fixed[step] ?? fixed.read) : random.int(spans[step].min, spans[step].max);
}
