import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';
import { Settings } from './settings.js';

const HOUR_MS = 60 * 60 * 1000;

/** Meta: calls of one app to the management endpoints of one account within an hour, without and with a registered number. */
const MANAGEMENT_CALLS = { unregistered: 200, registered: 5000 } as const;

/** What the header of an app says where no limit is set. Meta: 200 calls for each user of the app. */
const NOMINAL_APP_CALLS = 1_000_000;

/** How much of its hour an app has used up with one account. */
export interface AccountUsage {
  readonly wabaId: string;
  /** Per cent. */
  readonly managementPercent: number;
  readonly messagingPercent: number;
  /** Until calls are taken again; 0 while they are. */
  readonly minutesToRegain: number;
}

interface HourWindow {
  startedAtMs: number;
  calls: number;
}

/** Counts Graph calls by the hour: for each app, and for each app and account. */
@Injectable()
export class CallUsage {
  private readonly windows = new Map<string, HourWindow>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Counts any call of an app. @returns per cent of its hour */
  countApp(appId: string): number {
    return percent(this.count(`app:${appId}`), this.settings.values.appCallsPerHour ?? NOMINAL_APP_CALLS);
  }

  /** Counts a send. */
  countMessaging(appId: string, wabaId: string): void {
    this.count(`messaging:${appId}:${wabaId}`);
  }

  /** Counts a management call. @returns whether it is still within the limit */
  countManagement(appId: string, wabaId: string, isRegistered: boolean): boolean {
    return this.count(`management:${appId}:${wabaId}`) <= this.managementLimit(isRegistered);
  }

  /** What the headers tell of an app and an account. */
  of(appId: string, wabaId: string, isRegistered: boolean): AccountUsage {
    const management = this.window(`management:${appId}:${wabaId}`);
    const managementPercent = percent(management.calls, this.managementLimit(isRegistered));
    const remainingMs = management.startedAtMs + HOUR_MS - this.clock.nowMs();
    return {
      wabaId,
      managementPercent,
      messagingPercent: percent(this.window(`messaging:${appId}:${wabaId}`).calls, NOMINAL_APP_CALLS),
      minutesToRegain: managementPercent < 100 ? 0 : Math.ceil(remainingMs / 60_000),
    };
  }

  clear(): void {
    this.windows.clear();
  }

  private managementLimit(isRegistered: boolean): number {
    const { managementCallsPerHour } = this.settings.values;
    return managementCallsPerHour ?? MANAGEMENT_CALLS[isRegistered ? 'registered' : 'unregistered'];
  }

  private count(key: string): number {
    const window = this.window(key);
    window.calls += 1;
    return window.calls;
  }

  private window(key: string): HourWindow {
    const nowMs = this.clock.nowMs();
    let window = this.windows.get(key);
    if (!window || nowMs - window.startedAtMs >= HOUR_MS) {
      window = { startedAtMs: nowMs, calls: 0 };
      this.windows.set(key, window);
    }
    return window;
  }
}

function percent(calls: number, limit: number): number {
  return Math.min(100, Math.floor((calls * 100) / Math.max(1, limit)));
}
