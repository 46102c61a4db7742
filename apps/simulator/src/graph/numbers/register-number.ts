import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import type { BusinessNumber } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { Registrations, type Registration } from '../../state/registrations.js';
import { GraphError } from '../graph-error.js';
import { requireProduct } from '../validation/send-request.js';
import { NumberEvents } from './number-events.js';
import { isRegistered } from './registration-state.js';

const HOUR_MS = 60 * 60 * 1000;

/** Meta: 10 calls of register and deregister for a number within 72 hours; one more blocks them for 72 hours. */
const MAX_CALLS = { count: 10, withinMs: 72 * HOUR_MS } as const;

/** Meta does not publish after how many guesses; this is the simulator's own bound. */
const MAX_WRONG_PINS = { count: 5, blockedMs: 12 * HOUR_MS } as const;

const REGIONS = ['AE', 'AU', 'BH', 'BR', 'CA', 'CH', 'DE', 'EU', 'GB', 'ID', 'IN', 'JP', 'KR', 'SG', 'ZA'];

/** Takes numbers onto the Cloud API and off it, and keeps their PINs. */
@Injectable()
export class RegisterNumber {
  constructor(
    private readonly registrations: Registrations,
    private readonly events: NumberEvents,
    private readonly clock: Clock,
  ) {}

  /** @throws GraphError 100, 133016 (too often), 133015 (just deleted), 133006 (not verified), 133005 and 133008 (PIN) */
  register(number: BusinessNumber, value: JsonObject): void {
    const body = requireProduct(value);
    const pin = readPin(body['pin']);
    const region = readRegion(body['data_localization_region']);
    refuseBesideApp(number);
    const registration = this.registrations.of(number);
    this.countCall(registration);
    if (number.status === 'DELETED') {
      throw refused(133015, 'The phone number was deleted a short while ago. Wait 5 minutes before registering it.');
    }
    if (this.registrations.verificationStatus(number) !== 'VERIFIED') {
      throw refused(133006, 'Verify the phone number with a code before registering it.');
    }
    this.checkPin(registration, pin);
    const isNew = !isRegistered(number);
    registration.pin = pin;
    if (region !== undefined) registration.dataLocalizationRegion = region;
    registration.onboardedAtMs = this.clock.nowMs();
    if (!isNew) return;
    number.status = 'CONNECTED';
    this.events.onboarded(number);
  }

  /** @throws GraphError 133010 for a number that is not registered, 133016 for too many calls */
  deregister(number: BusinessNumber): void {
    refuseBesideApp(number);
    this.countCall(this.registrations.of(number));
    if (!isRegistered(number)) throw refused(133010, 'The phone number is not registered.');
    number.status = 'DISCONNECTED';
  }

  /** Sets the PIN of the two-step verification; it cannot be taken away again. */
  setPin(number: BusinessNumber, value: unknown): void {
    const pin = readPin(value);
    const registration = this.registrations.of(number);
    registration.pin = pin;
    registration.wrongPins = 0;
    this.events.pinChanged(number);
  }

  private checkPin(registration: Registration, pin: string): void {
    const nowMs = this.clock.nowMs();
    const blockedMs = registration.pinBlockedUntilMs - nowMs;
    if (blockedMs > 0) {
      throw refused(133008, `Too many wrong PINs. Try again in ${Math.ceil(blockedMs / 60_000)} minutes.`);
    }
    if (registration.pin === undefined || registration.pin === pin) {
      registration.wrongPins = 0;
      return;
    }
    registration.wrongPins += 1;
    if (registration.wrongPins >= MAX_WRONG_PINS.count) {
      registration.wrongPins = 0;
      registration.pinBlockedUntilMs = nowMs + MAX_WRONG_PINS.blockedMs;
    }
    throw refused(133005, 'The PIN is not that of the two-step verification of this phone number.');
  }

  private countCall(registration: Registration): void {
    const nowMs = this.clock.nowMs();
    const recent = registration.callsAt.filter((at) => nowMs - at < MAX_CALLS.withinMs);
    if (nowMs >= registration.callsBlockedUntilMs && recent.length < MAX_CALLS.count) {
      registration.callsAt = [...recent, nowMs];
      return;
    }
    if (nowMs >= registration.callsBlockedUntilMs) registration.callsBlockedUntilMs = nowMs + MAX_CALLS.withinMs;
    throw refused(133016, `A phone number can be registered and deregistered ${MAX_CALLS.count} times in 72 hours.`);
  }
}

/** Numbers that are also on the business app are registered there. */
function refuseBesideApp({ throughputLevel }: BusinessNumber): void {
  if (throughputLevel !== 'COEXISTENCE') return;
  throw refused(100, 'The phone number is used in the WhatsApp Business app; it is registered and deregistered there.');
}

function readPin(value: unknown): string {
  const pin = typeof value === 'number' ? String(value) : value;
  if (pin === undefined || pin === '') throw new GraphError(100, { message: '(#100) The parameter pin is required.' });
  if (typeof pin === 'string' && /^\d{6}$/.test(pin)) return pin;
  throw new GraphError(100, { message: '(#100) Param pin must be 6 digits', details: 'The PIN has 6 digits.' });
}

function readRegion(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && REGIONS.includes(value)) return value;
  throw new GraphError(100, {
    message: `(#100) Param data_localization_region must be one of {${REGIONS.join(', ')}}`,
  });
}

function refused(code: number, details: string): GraphError {
  return new GraphError(code, { details });
}
