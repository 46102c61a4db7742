import { Semaphore } from './semaphore.js';

const turn = () => new Promise(setImmediate);

describe('Semaphore', () => {
  it('lets so many through and no more', async () => {
    const semaphore = new Semaphore(2);
    await semaphore.take();
    await semaphore.take();
    let third = false;
    const later = semaphore.take().then(() => (third = true));
    await turn();
    expect(third).toBe(false);
    semaphore.giveBack();
    await later;
    expect(semaphore.taken).toBe(2);
  });

  it('serves in the order of asking, a heavy one before the light ones behind it', async () => {
    const semaphore = new Semaphore(3);
    await semaphore.take(3);
    const served: string[] = [];
    void semaphore.take(2).then(() => served.push('heavy'));
    void semaphore.take(1).then(() => served.push('light'));
    semaphore.giveBack(1);
    await turn();
    expect(served).toEqual([]);
    semaphore.giveBack(1);
    await turn();
    expect(served).toEqual(['heavy']);
    semaphore.giveBack(1);
    await turn();
    expect(served).toEqual(['heavy', 'light']);
  });

  it('gives all there is to one that wants more', async () => {
    const semaphore = new Semaphore(2);
    await semaphore.take(10);
    expect(semaphore.taken).toBe(2);
    semaphore.giveBack(10);
    expect(semaphore.taken).toBe(0);
  });
});
