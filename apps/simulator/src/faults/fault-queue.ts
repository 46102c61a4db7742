import { Injectable } from '@nestjs/common';
import type { Fault } from './fault.js';

/** The faults in the order in which they were asked for; each send meets the first one that matches it. */
@Injectable()
export class FaultQueue {
  private faults: Fault[] = [];
  private lastId = 0;

  add(fault: Omit<Fault, 'id'>): Fault {
    this.lastId += 1;
    const added: Fault = { ...fault, id: this.lastId };
    this.faults.push(added);
    return added;
  }

  /** The fault for this send, used up by one. */
  take(phoneNumberId: string, recipient: string): Fault | undefined {
    if (this.faults.length === 0) return undefined;
    const fault = this.faults.find(
      ({ match }) =>
        (match.phoneNumberId === undefined || match.phoneNumberId === phoneNumberId) &&
        (match.to === undefined || match.to === recipient),
    );
    if (!fault) return undefined;
    fault.remaining -= 1;
    if (fault.remaining <= 0) this.faults = this.faults.filter((other) => other !== fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  clear(): void {
    this.faults = [];
  }
}
