import { ApiProperty } from '@nestjs/swagger';
import type { CallbackReport } from '../../webhooks/webhook-sender.js';

export class LatencyView {
  @ApiProperty({ examples: [3.1] })
  readonly p50!: number;

  @ApiProperty({ examples: [8.4] })
  readonly p95!: number;

  @ApiProperty({ examples: [20.5] })
  readonly p99!: number;

  @ApiProperty({ examples: [44] })
  readonly max!: number;
}

export class BacklogView {
  @ApiProperty({ description: 'Updates.', examples: [0] })
  readonly waiting!: number;

  @ApiProperty({ description: 'Requests.', examples: [1] })
  readonly inFlight!: number;

  @ApiProperty({ description: 'Requests.', examples: [0] })
  readonly awaitingRetry!: number;
}

/** How one callback does. Meta wants a median of 250 ms, and less than 1 % above 1 s. */
export class CallbackView implements CallbackReport {
  @ApiProperty({ examples: ['2000000000000002'] })
  readonly appId!: string;

  @ApiProperty({ examples: ['http://127.0.0.1:3000/webhooks/whatsapp'] })
  readonly callbackUrl!: string;

  @ApiProperty({ type: BacklogView })
  readonly backlog!: BacklogView;

  @ApiProperty({ examples: [120] })
  readonly requests!: number;

  @ApiProperty({ description: 'Each counted once, however often it was sent.', examples: [300] })
  readonly updates!: number;

  @ApiProperty({ examples: [119] })
  readonly succeeded!: number;

  @ApiProperty({ description: 'Whatever was no 200.', examples: [1] })
  readonly failed!: number;

  @ApiProperty({ examples: [1] })
  readonly retried!: number;

  @ApiProperty({ examples: [0] })
  readonly givenUp!: number;

  @ApiProperty({
    type: Object,
    description: 'Answers by HTTP status; `none` where none came.',
    examples: [{ 200: 119, 500: 1 }],
  })
  readonly answers!: Record<string, number>;

  @ApiProperty({ type: String, nullable: true, examples: ['HTTP 500'] })
  readonly lastError!: string | null;

  @ApiProperty({ type: LatencyView })
  readonly latencyMs!: LatencyView;

  @ApiProperty({ examples: [0] })
  readonly aboveOneSecond!: number;

  @ApiProperty({ description: 'Share of the requests, 0 to 1.', examples: [0.01] })
  readonly shareAbove250Ms!: number;

  @ApiProperty({ description: 'Share of the requests, 0 to 1.', examples: [0] })
  readonly shareAboveOneSecond!: number;
}

/** GET /control/receiver */
export class ReceiverView {
  @ApiProperty({ type: [CallbackView] })
  readonly callbacks!: CallbackView[];

  @ApiProperty({ description: 'Updates of accounts that no app is subscribed to.', examples: [0] })
  readonly unsubscribedUpdates!: number;

  @ApiProperty({ description: 'Updates that `webhookDropShare` lost.', examples: [0] })
  readonly droppedUpdates!: number;
}
