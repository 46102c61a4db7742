import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { Apps } from '../state/apps.js';
import { Ledger, type LedgerEntry, type LedgerFilter } from '../state/ledger.js';
import { asciiJson } from '../webhooks/ascii-json.js';
import { signatureHeaders } from '../webhooks/signature.js';
import { WebhookSender, type CallbackReport } from '../webhooks/webhook-sender.js';
import { WebhookTransport, type WebhookAnswer } from '../webhooks/webhook-transport.js';
import { notKnown } from './control-problem.js';
import { LedgerQueryDto } from './dto/ledger.dto.js';
import { WebhookDto } from './dto/webhook.dto.js';

/** What went through: the ledger of accepted messages, and how the receivers did. */
@Controller('control')
export class TrafficControlController {
  constructor(
    private readonly ledger: Ledger,
    private readonly sender: WebhookSender,
    private readonly transport: WebhookTransport,
    private readonly apps: Apps,
  ) {}

  @Get('ledger')
  list(@Query() query: LedgerQueryDto): { entries: JsonObject[]; next: number | null } {
    const entries = this.ledger.list(filterOf(query), query.after, query.limit);
    const last = entries.length === query.limit ? entries.at(-1) : undefined;
    return { entries: entries.map(describe), next: last?.seq ?? null };
  }

  @Get('ledger/count')
  count(@Query() query: LedgerQueryDto): { count: number } {
    return { count: this.ledger.count(filterOf(query)) };
  }

  @Get('receiver')
  receiver(): { callbacks: CallbackReport[]; unsubscribedUpdates: number } {
    return { callbacks: this.sender.report(), unsubscribedUpdates: this.sender.unsubscribedCount };
  }

  /** Sends any payload to an app's callback, once and without retries, and tells how it was answered. */
  @Post('webhooks')
  @HttpCode(200)
  async send(@Body() dto: WebhookDto): Promise<{ answers: WebhookAnswer[] }> {
    const app = this.apps.find(dto.appId);
    if (!app) throw notKnown('app', dto.appId);
    const bytes = Buffer.from(typeof dto.body === 'string' ? dto.body : asciiJson(dto.body));
    const headers = signatureHeaders(bytes, app.appSecret, dto.signature);
    const sends = Array.from({ length: dto.times }, () => this.transport.post(app.callbackUrl, bytes, headers));
    return { answers: await Promise.all(sends) };
  }
}

function filterOf({ phoneNumberId, opaque, to }: LedgerQueryDto): LedgerFilter {
  return {
    ...(phoneNumberId !== undefined && { phoneNumberId }),
    ...(opaque !== undefined && { opaque }),
    ...(to !== undefined && { to: to.replace('+', '') }),
  };
}

function describe({ opaque, ...entry }: LedgerEntry): JsonObject {
  return { ...entry, biz_opaque_callback_data: opaque };
}
