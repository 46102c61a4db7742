import { Courtesy } from './courtesy.js';
import type { Party } from './fair-semaphore.js';

const [BUSY, QUIET, OTHER]: Party[] = ['busy', 'quiet', 'other'].map((key) => ({ key, weight: 1 }));

describe('Courtesy', () => {
  let nowMs: number;
  let courtesy: Courtesy;
  beforeEach(() => {
    nowMs = 1_000_000;
    courtesy = new Courtesy(() => nowMs);
  });

  /** A message of its own, and what it took. */
  function sends(party: Party, tookMs: number): void {
    courtesy.noteClaim(party, 1, false);
    courtesy.noteMessage(party, tookMs);
  }
  const hasBacklog = (party: Party, rows = 128): void => courtesy.noteClaim(party, rows, true);

  it('holds back nobody who is alone, however much there is to send', () => {
    for (let claim = 0; claim < 100; claim += 1) hasBacklog(BUSY!);
    expect([courtesy.limit, courtesy.rowsOf(BUSY!, 128)]).toEqual([Infinity, 128]);
  });

  it('holds back a backlog that begins beside somebody who sends now and then, before that one is slow', () => {
    sends(QUIET!, 5);
    nowMs += 30_000;
    hasBacklog(BUSY!);
    expect(courtesy.limit).toBeLessThan(128);
    expect(courtesy.rowsOf(BUSY!, 128)).toBeLessThan(16);
    expect(courtesy.rowsOf(QUIET!, 8)).toBe(8);
  });

  it('lets a backlog send more with each quiet message in time, and less with those that were slow, ten times a second at most', () => {
    hasBacklog(BUSY!);
    sends(QUIET!, 5);
    const first = courtesy.limit;
    nowMs += 100;
    sends(QUIET!, 5);
    const more = courtesy.limit;
    expect(more).toBeGreaterThan(first);
    nowMs += 200;
    hasBacklog(BUSY!);
    sends(QUIET!, 500);
    const less = courtesy.limit;
    expect(less).toBeLessThan(first);
    sends(QUIET!, 500);
    expect(courtesy.limit).toBe(less);
    for (let message = 0; message < 200; message += 1) {
      nowMs += 200;
      hasBacklog(BUSY!);
      sends(QUIET!, 500);
    }
    expect(courtesy.limit).toBeGreaterThanOrEqual(20);
  });

  it('calls slow what takes longer than messages take on this machine without a backlog', () => {
    for (let message = 0; message < 200; message += 1) {
      sends(QUIET!, 40);
      nowMs += 100;
    }
    hasBacklog(BUSY!);
    const first = courtesy.limit;
    nowMs += 100;
    sends(QUIET!, 41);
    const more = courtesy.limit;
    expect(more).toBeGreaterThan(first);
    nowMs += 100;
    sends(QUIET!, 80);
    expect(courtesy.limit).toBeLessThan(more);
  });

  it('counts slow messages beside a backlog for nothing but that', () => {
    sends(QUIET!, 5);
    hasBacklog(BUSY!);
    const first = courtesy.limit;
    for (let message = 0; message < 5; message += 1) {
      nowMs += 100;
      hasBacklog(BUSY!);
      sends(QUIET!, 50);
    }
    expect(courtesy.limit).toBeLessThan(first);
  });

  it('ends when nobody sends beside the backlog any more', () => {
    sends(QUIET!, 5);
    hasBacklog(BUSY!);
    for (let claim = 0; claim < 12; claim += 1) {
      expect(courtesy.limit === Infinity).toBe(claim * 500 > 5_000);
      nowMs += 500;
      hasBacklog(BUSY!);
    }
    // One that begins anew is slow at first again: within a minute somebody may send.
    nowMs += 10_000;
    hasBacklog(BUSY!);
    expect(courtesy.limit).toBeLessThan(Infinity);
    nowMs += 60_001;
    hasBacklog(BUSY!);
    expect(courtesy.limit).toBe(Infinity);
  });

  it('holds back none of several that have a backlog each, nor one whose neighbour has just sent all of its own', () => {
    hasBacklog(OTHER!);
    hasBacklog(BUSY!);
    sends(OTHER!, 500);
    expect(courtesy.limit).toBe(Infinity);
    nowMs += 2_000;
    sends(OTHER!, 500);
    hasBacklog(BUSY!);
    expect(courtesy.limit).toBe(Infinity);
  });

  it('holds back nobody for one that sends about as much', () => {
    for (let message = 0; message < 50; message += 1) sends(QUIET!, 500);
    hasBacklog(BUSY!);
    expect(courtesy.limit).toBe(Infinity);
  });

  it('a backlog that waited for long is one still', async () => {
    sends(QUIET!, 5);
    hasBacklog(BUSY!);
    const waiting = courtesy.wait(BUSY!, 4, new AbortController().signal);
    nowMs += 1_500;
    await waiting;
    expect(courtesy.rowsOf(BUSY!, 128)).toBeLessThan(16);
  });

  it('opens a few numbers of a party at a time while somebody else may send, and all at once otherwise', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const opened: string[] = [];
    const open = (party: Party): Promise<void> => courtesy.inTurn(party, () => (opened.push(party.key), held));
    const all = [1, 2, 3, 4].map(() => open(BUSY!));
    expect(opened).toHaveLength(4);
    sends(QUIET!, 5);
    all.push(...[1, 2, 3, 4].map(() => open(BUSY!)), ...[1, 2, 3, 4].map(() => open(QUIET!)));
    await new Promise(setImmediate);
    expect(opened.slice(4).toSorted()).toEqual(['busy', 'busy', 'quiet', 'quiet', 'quiet', 'quiet']);
    letGo();
    await Promise.all(all);
    expect(opened).toHaveLength(12);
    nowMs += 60_001;
    const { promise: again, resolve: end } = Promise.withResolvers<void>();
    const later = [1, 2, 3].map(() => courtesy.inTurn(BUSY!, () => (opened.push('later'), again)));
    expect(opened).toHaveLength(15);
    end();
    await Promise.all(later);
  });

  it('lets claims of a backlog wait for their turn, and no others', async () => {
    sends(QUIET!, 5);
    hasBacklog(BUSY!);
    const signal = new AbortController();
    const waiting = [courtesy.wait(BUSY!, 4, signal.signal), courtesy.wait(BUSY!, 4_000, signal.signal)];
    await courtesy.wait(QUIET!, 8, signal.signal);
    await waiting[0];
    const first = await Promise.race([waiting[1]!.then(() => 'passed'), courtesy.wait(QUIET!, 8, signal.signal).then(() => 'waits')]);
    expect(first).toBe('waits');
    signal.abort();
    await waiting[1];
  });
});
