import { SingleRun } from './single-run.js';

const SIGNAL = new AbortController().signal;

describe('SingleRun', () => {
  it('runs once at a time, and once more for all who asked meanwhile', async () => {
    const gates: (() => void)[] = [];
    const single = new SingleRun(() => new Promise((resolve) => gates.push(resolve)));
    const first = single.run(SIGNAL);
    const others = [single.run(SIGNAL), single.run(SIGNAL)];
    expect(gates).toHaveLength(1);
    gates[0]!();
    await new Promise(setImmediate);
    expect(gates).toHaveLength(2);
    gates[1]!();
    await Promise.all([first, ...others]);
    expect(gates).toHaveLength(2);
  });

  it('runs anew after a failure', async () => {
    let runs = 0;
    const single = new SingleRun(async () => {
      runs += 1;
      if (runs === 1) throw new Error('no');
    });
    await expect(single.run(SIGNAL)).rejects.toThrow('no');
    await single.run(SIGNAL);
    expect(runs).toBe(2);
  });

  it('stops asking when told to', async () => {
    const ending = new AbortController();
    let runs = 0;
    const single: SingleRun = new SingleRun(async () => {
      runs += 1;
      ending.abort();
      void single.run(ending.signal);
    });
    await single.run(ending.signal);
    expect(runs).toBe(1);
  });
});
