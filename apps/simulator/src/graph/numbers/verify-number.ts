import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../../random/seeded-random.js';
import type { BusinessNumber } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { Registrations, type CodeMethod } from '../../state/registrations.js';
import { GraphError } from '../graph-error.js';
import { isRegistered } from './registration-state.js';

const MINUTE_MS = 60_000;
const CODE_LIFETIME_MS = 10 * MINUTE_MS;

/** Meta does not publish how many codes it sends; these bounds are the simulator's own. */
const MAX_CODES = { count: 5, withinMs: 60 * MINUTE_MS } as const;
const MAX_WRONG_CODES = 5;

const METHODS: readonly CodeMethod[] = ['SMS', 'VOICE'];

/** Proves that a business owns a number: with a code that is sent to it. The control API shows the code. */
@Injectable()
export class VerifyNumber {
  private readonly random: RandomStream;

  constructor(
    private readonly registrations: Registrations,
    private readonly clock: Clock,
    random: SeededRandom,
  ) {
    this.random = random.stream('verification-codes');
  }

  /** @throws GraphError 100 for a parameter, 136024 for a number that is registered or was asked too often */
  requestCode(number: BusinessNumber, { code_method: wanted, language }: Readonly<Record<string, unknown>>): void {
    const method = METHODS.find((one) => one === wanted);
    if (!method) throw new GraphError(100, { message: '(#100) Param code_method must be one of {SMS, VOICE}' });
    if (typeof language !== 'string' || !/^[a-z]{2}(_[A-Z]{2})?$/.test(language)) {
      throw new GraphError(100, { message: '(#100) Param language must be a locale code such as en_US' });
    }
    if (isRegistered(number)) throw refused(136024, 'The phone number is registered; it needs no code.');
    const registration = this.registrations.of(number);
    const nowMs = this.clock.nowMs();
    const recent = registration.codesRequestedAt.filter((at) => nowMs - at < MAX_CODES.withinMs);
    if (recent.length >= MAX_CODES.count) {
      throw refused(136024, 'Too many codes were requested for this phone number. Wait an hour before trying again.');
    }
    registration.codesRequestedAt = [...recent, nowMs];
    registration.wrongCodes = 0;
    const code = String(this.random.int(0, 999_999)).padStart(6, '0');
    registration.code = { code, method, language, expiresAtMs: nowMs + CODE_LIFETIME_MS };
  }

  /** @throws GraphError 100 for what is no code, 136025 for a wrong one, one that ran out, and when none was requested */
  verifyCode(number: BusinessNumber, { code }: Readonly<Record<string, unknown>>): void {
    const text = String(code ?? '');
    if (!/^\d{6}$/.test(text)) throw new GraphError(100, { message: '(#100) Param code must be 6 digits' });
    const registration = this.registrations.of(number);
    const sent = registration.code;
    if (!sent || sent.expiresAtMs <= this.clock.nowMs()) {
      throw refused(136025, 'No code is on its way to this phone number: it ran out, or none was requested.');
    }
    if (sent.code !== text) {
      registration.wrongCodes += 1;
      if (registration.wrongCodes >= MAX_WRONG_CODES) delete registration.code;
      throw refused(136025, 'The code is not the one that was sent.');
    }
    delete registration.code;
    registration.verifiedAtMs = this.clock.nowMs();
    if (number.status === 'UNVERIFIED') number.status = 'PENDING';
  }
}

function refused(code: number, details: string): GraphError {
  return new GraphError(code, { details, userMessage: details });
}
