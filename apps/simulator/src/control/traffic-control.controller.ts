import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Apps } from '../state/apps.js';
import { Ledger, type LedgerEntry, type LedgerFilter } from '../state/ledger.js';
import { asciiJson } from '../webhooks/ascii-json.js';
import { signatureHeaders } from '../webhooks/signature.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import { WebhookTransport } from '../webhooks/webhook-transport.js';
import { notKnown } from './control-problem.js';
import { LedgerCount, LedgerPage, LedgerQueryDto, type LedgerEntryView } from './dto/ledger.dto.js';
import { ReceiverView } from './dto/receiver.dto.js';
import { WebhookAnswers, WebhookDto } from './dto/webhook.dto.js';

/** What went through: the ledger of accepted messages, and how the receivers did. */
@ApiTags('Traffic')
@Controller('control')
export class TrafficControlController {
  constructor(
    private readonly ledger: Ledger,
    private readonly sender: WebhookSender,
    private readonly transport: WebhookTransport,
    private readonly apps: Apps,
  ) {}

  @ApiOperation({
    operationId: 'listLedger',
    summary: 'Every accepted message, oldest first; give `next` as `after` until it is null',
  })
  @ApiOkResponse({ type: LedgerPage })
  @Get('ledger')
  list(@Query() query: LedgerQueryDto): LedgerPage {
    const entries = this.ledger.list(filterOf(query), query.after, query.limit);
    const last = entries.length === query.limit ? entries.at(-1) : undefined;
    return { entries: entries.map(describe), next: last?.seq ?? null, forgotten: this.ledger.forgottenCount };
  }

  @ApiOperation({ operationId: 'countLedger', summary: 'How many messages were accepted' })
  @ApiOkResponse({ type: LedgerCount })
  @Get('ledger/count')
  count(@Query() query: LedgerQueryDto): LedgerCount {
    return { count: this.ledger.count(filterOf(query)) };
  }

  @ApiOperation({ operationId: 'getReceiver', summary: 'How well the receivers of webhooks did' })
  @ApiOkResponse({ type: ReceiverView })
  @Get('receiver')
  receiver(): ReceiverView {
    return {
      callbacks: this.sender.report(),
      unsubscribedUpdates: this.sender.unsubscribedCount,
      droppedUpdates: this.sender.droppedCount,
    };
  }

  @ApiOperation({
    operationId: 'sendWebhook',
    summary: "Send any payload to an app's callback, once and without retries",
  })
  @ApiOkResponse({ type: WebhookAnswers })
  @Post('webhooks')
  @HttpCode(200)
  async send(@Body() dto: WebhookDto): Promise<WebhookAnswers> {
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

function describe({ opaque, ...entry }: LedgerEntry): LedgerEntryView {
  return { ...entry, biz_opaque_callback_data: opaque };
}
