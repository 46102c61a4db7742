import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { Clock } from '../state/clock.js';
import { acceptsMessage, type Fault } from './fault.js';

/** The faults in the order in which they were asked for; each request meets the first one that matches it. */
@Injectable()
export class FaultQueue {
  private faults: Fault[] = [];
  private lastId = 0;
  private readonly random: RandomStream;

  constructor(
    private readonly clock: Clock,
    random: SeededRandom,
  ) {
    this.random = random.stream('faults');
  }

  add(fault: Omit<Fault, 'id'>): Fault {
    this.lastId += 1;
    const added: Fault = { ...fault, id: this.lastId };
    this.faults.push(added);
    return added;
  }

  /** The fault for this send, used up by one. */
  take(phoneNumberId: string, recipient: string): Fault | undefined {
    if (this.faults.length === 0) return undefined;
    return this.hit(
      ({ match }) =>
        match.path === undefined &&
        (match.phoneNumberId === undefined || match.phoneNumberId === phoneNumberId) &&
        (match.to === undefined || match.to === recipient),
    );
  }

  /** The fault for any Graph request under this path, used up by one: only faults that let nothing through. */
  takeForPath(path: string): Fault | undefined {
    if (this.faults.length === 0) return undefined;
    return this.hit(
      ({ match, kind }) => match.path !== undefined && !acceptsMessage(kind) && path.includes(match.path),
    );
  }

  list(): readonly Fault[] {
    this.dropOver();
    return this.faults;
  }

  /** Takes one fault back. @returns whether there was one */
  remove(id: number): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((fault) => fault.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
  }

  private hit(matches: (fault: Fault) => boolean): Fault | undefined {
    this.dropOver();
    const fault = this.faults.find((candidate) => matches(candidate) && this.random.chance(candidate.share));
    if (!fault) return undefined;
    fault.remaining -= 1;
    if (fault.remaining <= 0) this.remove(fault.id);
    return fault;
  }

  private dropOver(): void {
    const nowMs = this.clock.nowMs();
    if (this.faults.some(({ endsAtMs }) => endsAtMs !== null && endsAtMs <= nowMs)) {
      this.faults = this.faults.filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > nowMs);
    }
  }
}
