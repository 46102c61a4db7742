import { SendingSlots } from './sending-slots.js';

describe('SendingSlots', () => {
  it('gives what is free and never more', async () => {
    const slots = new SendingSlots(5);
    expect(await slots.take(3)).toBe(3);
    expect(await slots.take(10)).toBe(2);
    expect(slots.busy).toBe(5);
  });

  it('makes the next one wait until something is given back', async () => {
    const slots = new SendingSlots(1);
    await slots.take(1);
    const later = slots.take(4);
    slots.giveBack(1);
    expect(await later).toBe(1);
  });

  it('a slot that somebody else was faster to take is waited for again', async () => {
    const slots = new SendingSlots(1);
    await slots.take(1);
    const [first, second] = [slots.take(1), slots.take(1)];
    slots.giveBack(1);
    expect(await first).toBe(1);
    slots.giveBack(1);
    expect(await second).toBe(1);
  });
});
