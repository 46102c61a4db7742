import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../state/clock.js';

/** setTimeout takes no longer time than this. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Everything that is to happen later, by the simulator's clock, so that days can pass at once and a reset or the end
 * calls it off. One timer of the process serves all: what is due in the same millisecond shares a slot, and a heap knows
 * the next slot. What was asked for first happens first.
 */
@Injectable()
export class Timers implements OnApplicationShutdown {
  private readonly slots = new Map<number, (() => void)[]>();
  private readonly heap: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  after(delayMs: number, action: () => void): void {
    const dueMs = Math.ceil(this.clock.nowMs() + Math.max(0, delayMs));
    const slot = this.slots.get(dueMs);
    if (slot) {
      slot.push(action);
      return;
    }
    this.slots.set(dueMs, [action]);
    push(this.heap, dueMs);
    if (dueMs < this.wakeAtMs) this.sleep(dueMs);
  }

  /** Puts the clock forward, from slot to slot: each action sees the time that it was meant for. */
  advance(byMs: number): void {
    const untilMs = this.clock.nowMs() + byMs;
    for (let dueMs = this.heap[0]; dueMs !== undefined && dueMs <= untilMs; dueMs = this.heap[0]) {
      const aheadMs = dueMs - this.clock.nowMs();
      if (aheadMs > 0) this.clock.advance(aheadMs);
      this.runNext();
    }
    const restMs = untilMs - this.clock.nowMs();
    if (restMs > 0) this.clock.advance(restMs);
    this.sleepAgain();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.slots.clear();
    this.heap.length = 0;
    this.wakeAtMs = Number.POSITIVE_INFINITY;
  }

  onApplicationShutdown(): void {
    this.clear();
  }

  private runDue(): void {
    const nowMs = this.clock.nowMs();
    while (this.heap[0] !== undefined && this.heap[0] <= nowMs) this.runNext();
    this.sleepAgain();
  }

  private runNext(): void {
    const dueMs = pop(this.heap);
    const slot = dueMs === undefined ? undefined : this.slots.get(dueMs);
    if (dueMs === undefined || !slot) return;
    this.slots.delete(dueMs);
    for (const action of slot) action();
  }

  private sleepAgain(): void {
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    const [nextMs] = this.heap;
    if (nextMs !== undefined) this.sleep(nextMs);
  }

  private sleep(untilMs: number): void {
    clearTimeout(this.timer);
    this.wakeAtMs = untilMs;
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, untilMs - this.clock.nowMs()));
    this.timer = setTimeout(() => this.runDue(), waitMs);
  }
}

/** Adds to a binary heap whose smallest number comes first. */
function push(heap: number[], value: number): void {
  let at = heap.length;
  for (;;) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (at === 0 || parent === undefined || parent <= value) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = value;
}

/** Takes the smallest number from a binary heap. */
function pop(heap: number[]): number | undefined {
  const smallest = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return smallest;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    if (a === undefined) break;
    const below = b !== undefined && b < a ? left + 1 : left;
    const child = heap[below] as number;
    if (child >= last) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return smallest;
}
