import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../state/account.js';
import { CallUsage } from '../state/call-usage.js';
import { Settings } from '../state/settings.js';
import { GraphError } from './graph-error.js';
import { isRegistered } from './numbers/registration-state.js';

/** What a request used up, for the headers of its answer. */
interface MeteredCall {
  readonly appPercent: number;
  readonly account?: { readonly appId: string; readonly account: Account };
}

declare module 'fastify' {
  interface FastifyRequest {
    meteredCall?: MeteredCall;
  }
}

/** Counts calls, refuses those beyond a limit and tells each answer how much is used up. */
@Injectable()
export class CallMeter {
  constructor(
    private readonly usage: CallUsage,
    private readonly settings: Settings,
  ) {}

  /** @throws GraphError 4 beyond the app's limit, if one is set */
  countApp(request: FastifyRequest, appId: string): void {
    const appPercent = this.usage.countApp(appId);
    request.meteredCall = { appPercent };
    if (appPercent >= 100 && this.settings.values.appCallsPerHour !== null) throw new GraphError(4);
  }

  /** Notes which account a request was about. */
  meet(request: FastifyRequest, appId: string, account: Account): void {
    request.meteredCall = { appPercent: request.meteredCall?.appPercent ?? 0, account: { appId, account } };
  }

  countMessaging(appId: string, wabaId: string): void {
    this.usage.countMessaging(appId, wabaId);
  }

  /** @throws GraphError 80008 beyond the limit of the app and the account */
  countManagement(appId: string, account: Account): void {
    if (this.usage.countManagement(appId, account.wabaId, hasRegistered(account))) return;
    throw new GraphError(80008, {
      message:
        '(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again. For more ' +
        'info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.',
    });
  }

  /** The headers about usage for the answer to a request. Meta leaves that of the account out until it was called. */
  headersFor({ meteredCall }: FastifyRequest): Record<string, string> {
    if (!meteredCall) return {};
    const { appPercent, account } = meteredCall;
    const appUsage = `{"call_count":${appPercent},"total_cputime":${appPercent},"total_time":${appPercent}}`;
    if (!account) return { 'x-app-usage': appUsage };
    const used = this.usage.of(account.appId, account.account.wabaId, hasRegistered(account.account));
    const entry = (type: string, share: number, minutes: number): object => ({
      type,
      call_count: share,
      total_cputime: share,
      total_time: share,
      estimated_time_to_regain_access: minutes,
    });
    const business = {
      [used.wabaId]: [
        entry('whatsapp_business_management', used.managementPercent, used.minutesToRegain),
        entry('whatsapp', used.messagingPercent, 0),
      ],
    };
    return { 'x-app-usage': appUsage, 'x-business-use-case-usage': JSON.stringify(business) };
  }
}

function hasRegistered({ numbers }: Account): boolean {
  for (const number of numbers.values()) if (isRegistered(number)) return true;
  return false;
}
