import { Injectable } from '@nestjs/common';
import type { BusinessNumber } from './account.js';
import { Clock } from './clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Meta: so long after the verification a number can be registered without another one. */
const VERIFIED_FOR_MS = 14 * 24 * HOUR_MS;

export type CodeMethod = 'SMS' | 'VOICE';
export type CodeVerificationStatus = 'VERIFIED' | 'NOT_VERIFIED' | 'EXPIRED';

/** A code on its way to a phone. */
export interface VerificationCode {
  readonly code: string;
  readonly method: CodeMethod;
  readonly language: string;
  readonly expiresAtMs: number;
}

/** What Meta remembers of a number on its way to the Cloud API. All times in Unix milliseconds. */
export interface Registration {
  pin?: string;
  /** In a row. */
  wrongPins: number;
  pinBlockedUntilMs: number;
  code?: VerificationCode;
  wrongCodes: number;
  codesRequestedAt: number[];
  /** Null for a number that was never verified. */
  verifiedAtMs: number | null;
  /** Calls of register and deregister. */
  callsAt: number[];
  callsBlockedUntilMs: number;
  /** Null for a number that was never registered here. */
  onboardedAtMs: number | null;
  dataLocalizationRegion?: string;
  /** Which syncs with the business app were asked for. */
  readonly syncs: Set<string>;
}

/** The registrations of all numbers. */
@Injectable()
export class Registrations {
  private readonly byNumber = new Map<string, Registration>();

  constructor(private readonly clock: Clock) {}

  of({ id, status }: BusinessNumber): Registration {
    let registration = this.byNumber.get(id);
    if (!registration) {
      // A number that was described with another status than this one went through its verification before.
      const verifiedAtMs = status === 'UNVERIFIED' ? null : this.clock.nowMs();
      registration = {
        wrongPins: 0,
        pinBlockedUntilMs: 0,
        wrongCodes: 0,
        codesRequestedAt: [],
        verifiedAtMs,
        callsAt: [],
        callsBlockedUntilMs: 0,
        onboardedAtMs: null,
        syncs: new Set(),
      };
      this.byNumber.set(id, registration);
    }
    return registration;
  }

  /** How Graph shows the verification. One that was used for a registration does not run out. */
  verificationStatus(number: BusinessNumber): CodeVerificationStatus {
    const { verifiedAtMs, onboardedAtMs } = this.of(number);
    if (verifiedAtMs === null) return 'NOT_VERIFIED';
    const isFresh = this.clock.nowMs() - verifiedAtMs < VERIFIED_FOR_MS;
    const isUsed = onboardedAtMs !== null || number.status === 'CONNECTED';
    return isFresh || isUsed ? 'VERIFIED' : 'EXPIRED';
  }

  clear(): void {
    this.byNumber.clear();
  }
}
