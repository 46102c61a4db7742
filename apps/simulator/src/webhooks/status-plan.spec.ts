import { NO_FAULT, type FaultKind } from '../faults/fault.js';
import { RandomStream } from '../random/seeded-random.js';
import { Settings, type SettingValues } from '../state/settings.js';
import { planStatuses } from './status-plan.js';

const plan = (
  changes: Partial<SettingValues>,
  message: { type: string; failure: number | null } = { type: 'text', failure: null },
  seed = 1,
) => planStatuses(message, new Settings().change(changes), new RandomStream('test', seed));

describe('planStatuses', () => {
  it('counts each delay from the step before', () => {
    expect(plan({ readShare: 1, statusDelaysMs: { sent: 5, delivered: 10, read: 20 } })).toEqual([
      { status: 'sent', afterMs: 5 },
      { status: 'delivered', afterMs: 15 },
      { status: 'read', afterMs: 35 },
    ]);
  });

  it('lets a failing message never be delivered, with sent before it or without', () => {
    const failing = { type: 'template', failure: 131026 };
    const names = (share: number) => plan({ failedAfterSentShare: share }, failing).map(({ status }) => status);
    expect(names(0)).toEqual(['failed']);
    expect(names(1)).toEqual(['sent', 'failed']);
  });

  it('gives a reaction nothing but sent', () => {
    expect(plan({ readShare: 1 }, { type: 'reaction', failure: null }).map(({ status }) => status)).toEqual(['sent']);
  });

  it('is the same for the same seed and differs between seeds', () => {
    expect(plan({})).toEqual(plan({}));
    const plans = new Set(Array.from({ length: 10 }, (_, seed) => JSON.stringify(plan({}, undefined, seed))));
    expect(plans.size).toBeGreaterThan(5);
  });

  it('shuffles which status comes when, and loses none', () => {
    const orders = Array.from({ length: 20 }, (_, seed) =>
      plan({ shuffle: true, readShare: 1 }, undefined, seed).map(({ status }) => status),
    );
    expect(orders.every((order) => new Set(order).size === 3)).toBe(true);
    expect(orders.some((order) => order[0] !== 'sent')).toBe(true);
  });

  it('lets a voice note be played after it was read, and nothing else', () => {
    const settings = { readShare: 1, playedShare: 1 };
    const names = (isVoice: boolean) =>
      planStatuses(
        { type: 'audio', isVoice, failure: null },
        new Settings().change(settings),
        new RandomStream('test', 1),
      ).map(({ status }) => status);
    expect([names(true).at(-1), names(false).at(-1)]).toEqual(['played', 'read']);
  });

  it.each<[FaultKind, string[]]>([
    ['statuses-duplicated', ['sent', 'sent', 'delivered', 'delivered', 'read', 'read']],
    ['statuses-reversed', ['read', 'delivered', 'sent']],
    ['statuses-dropped', []],
    ['read-without-delivered', ['sent', 'read']],
  ])('bends to the fault %s', (kind, expected) => {
    const fault = { ...NO_FAULT, kind, copies: 2 };
    const message = { type: 'text', failure: null, fault };
    const steps = planStatuses(message, new Settings().change({ readShare: 1 }), new RandomStream('test', 1));
    expect(steps.map(({ status }) => status)).toEqual(expected);
    const times = steps.map(({ afterMs }) => afterMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
