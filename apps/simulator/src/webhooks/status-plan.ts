import type { RandomStream } from '../random/seeded-random.js';
import type { SettingValues } from '../state/settings.js';

export type StatusName = 'sent' | 'delivered' | 'read' | 'failed';

/** A status and how long after the acceptance it is given out. */
export interface StatusStep {
  readonly status: StatusName;
  readonly afterMs: number;
}

/** Which statuses a message will get, and when. Reactions only ever get `sent`. */
export function planStatuses(
  message: { readonly type: string; readonly failure: number | null },
  settings: Readonly<SettingValues>,
  random: RandomStream,
): StatusStep[] {
  let atMs = 0;
  const steps = statusNames(message, settings, random).map((status): StatusStep => {
    atMs += delayMs(status, settings, random);
    return { status, afterMs: atMs };
  });
  if (!settings.shuffle) return steps;
  const order = random.shuffle(steps);
  return steps.map(({ afterMs }, index) => ({ status: order[index]?.status ?? 'sent', afterMs }));
}

function statusNames(
  message: { readonly type: string; readonly failure: number | null },
  settings: Readonly<SettingValues>,
  random: RandomStream,
): StatusName[] {
  if (message.failure !== null) return random.chance(settings.failedAfterSentShare) ? ['sent', 'failed'] : ['failed'];
  if (message.type === 'reaction') return ['sent'];
  return random.chance(settings.readShare) ? ['sent', 'delivered', 'read'] : ['sent', 'delivered'];
}

function delayMs(status: StatusName, settings: Readonly<SettingValues>, random: RandomStream): number {
  const fixed = settings.statusDelaysMs;
  switch (status) {
    case 'sent':
      return fixed ? fixed.sent : random.int(100, 1000);
    case 'delivered':
    case 'failed':
      return fixed ? fixed.delivered : random.int(1000, 5000);
    case 'read':
      return fixed ? fixed.read : random.int(2000, 20_000);
  }
}
