import { Injectable } from '@nestjs/common';
import { Identifiers } from '../../random/identifiers.js';
import type { BusinessNumber } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { Registrations } from '../../state/registrations.js';
import { GraphError } from '../graph-error.js';
import { TellCoexistence } from './tell-coexistence.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What can be asked for, and the event that it is told with. */
const SYNCS = { smb_app_state_sync: 'app-state-sync', history: 'history' } as const;

/** Hands what the business app knows over to the Cloud API: its contacts and its history, each once. */
@Injectable()
export class CoexistenceSync {
  constructor(
    private readonly registrations: Registrations,
    private readonly tellCoexistence: TellCoexistence,
    private readonly identifiers: Identifiers,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the id of the request
   * @throws GraphError 100, 2593107 for a second time, 2593108 later than 24 hours after the onboarding
   */
  begin(number: BusinessNumber, syncType: unknown): string {
    if (syncType !== 'smb_app_state_sync' && syncType !== 'history') {
      throw new GraphError(100, {
        message: `(#100) Param sync_type must be one of {${Object.keys(SYNCS).join(', ')}}`,
      });
    }
    if (number.throughputLevel !== 'COEXISTENCE') {
      throw new GraphError(100, { details: 'The phone number is not used in the WhatsApp Business app.' });
    }
    const { syncs, onboardedAtMs } = this.registrations.of(number);
    if (syncs.has(syncType)) throw new GraphError(2593107, { details: `${syncType} was asked for before.` });
    if (onboardedAtMs !== null && this.clock.nowMs() - onboardedAtMs > DAY_MS) {
      throw new GraphError(2593108, { details: 'A sync can be asked for within 24 hours of the onboarding only.' });
    }
    syncs.add(syncType);
    this.tellCoexistence.tell(number, SYNCS[syncType]);
    return this.identifiers.nodeId();
  }
}
