import { FairSemaphore, type Party } from './fair-semaphore.js';

const turn = () => new Promise(setImmediate);
const [BUSY, QUIET]: [Party, Party] = [{ key: 'busy', weight: 1 }, { key: 'quiet', weight: 1 }];

describe('FairSemaphore', () => {
  /** Asks so often; answers who was served, in order. */
  function ask(semaphore: FairSemaphore, party: Party, count: number, served: string[], amount = 1): void {
    for (let at = 0; at < count; at += 1) void semaphore.take(party, amount).then(() => served.push(party.key));
  }

  it('gives one party everything while nobody else wants any', async () => {
    const semaphore = new FairSemaphore(4);
    const served: string[] = [];
    ask(semaphore, BUSY, 5, served);
    await turn();
    expect([served.length, semaphore.taken]).toEqual([4, 4]);
  });

  it('gives the next free slot to a newcomer, however many of the other wait before it', async () => {
    const semaphore = new FairSemaphore(4);
    const served: string[] = [];
    ask(semaphore, BUSY, 1_000, served);
    ask(semaphore, QUIET, 1, served);
    await turn();
    expect(semaphore.isWantedBy(BUSY)).toBe(true);
    semaphore.giveBack(BUSY);
    await turn();
    expect(served).toEqual(['busy', 'busy', 'busy', 'busy', 'quiet']);
    expect(semaphore.isWantedBy(BUSY)).toBe(false);
  });

  it('lets a newcomer pass at once while there is overdraft, and only a newcomer', async () => {
    const semaphore = new FairSemaphore(4, 2);
    const served: string[] = [];
    ask(semaphore, BUSY, 10, served);
    ask(semaphore, QUIET, 2, served);
    await turn();
    expect(served).toEqual(['busy', 'busy', 'busy', 'busy', 'quiet']);
    expect(semaphore.taken).toBe(5);
    // What was overdrawn is paid back before anybody gets more.
    semaphore.giveBack(BUSY);
    await turn();
    expect([served.length, semaphore.taken]).toEqual([5, 4]);
    semaphore.giveBack(BUSY);
    await turn();
    expect(served.slice(5)).toEqual(['quiet']);
  });

  it('shares by weight between parties that both want more than there is', async () => {
    const semaphore = new FairSemaphore(8);
    const heavy = { key: 'heavy', weight: 3 };
    const served: string[] = [];
    ask(semaphore, BUSY, 100, served);
    ask(semaphore, heavy, 100, served);
    for (let at = 0; at < 8; at += 1) semaphore.giveBack(BUSY);
    await turn();
    expect(served.slice(8).filter((key) => key === 'heavy')).toHaveLength(6);
  });

  it('lets one that wants much wait for it, and nobody of its party pass', async () => {
    const semaphore = new FairSemaphore(3);
    const served: string[] = [];
    await semaphore.take(QUIET, 3);
    ask(semaphore, BUSY, 1, served, 2);
    ask(semaphore, BUSY, 1, served, 1);
    semaphore.giveBack(QUIET, 1);
    await turn();
    expect(served).toEqual([]);
    semaphore.giveBack(QUIET, 2);
    await turn();
    expect(served).toEqual(['busy', 'busy']);
  });

  it('gives all there is to one that wants more, and takes back no more than was taken', async () => {
    const semaphore = new FairSemaphore(2);
    await semaphore.take(BUSY, 10);
    expect(semaphore.taken).toBe(2);
    semaphore.giveBack(BUSY, 10);
    semaphore.giveBack(BUSY, 10);
    expect(semaphore.taken).toBe(0);
  });
});
