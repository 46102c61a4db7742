import { Injectable } from '@nestjs/common';
import { appendToLedger, Batcher, observeBatcher, SystemDb, type LedgerEntry } from '@parley/data';
import { DomainError, WebhookValidation } from '@parley/domain';
import { verifySignature, verifyToken } from '@parley/graph';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { WebhookApps, type WebhookApp } from '../apps/webhook-apps.js';

/** One POST of Meta, untouched. */
export interface IncomingWebhook {
  /** From the path; undefined for the platform's own app. */
  appId: string | undefined;
  body: Buffer;
  signature: string | readonly string[] | undefined;
  contentType: string | undefined;
}

const REJECTIONS = {
  missing: 'signature_missing',
  malformed: 'signature_malformed',
  mismatch: 'signature_invalid',
  'no-secret': 'app_unknown',
} as const;

/** Takes webhooks: verifies the bytes, writes them to the ledger, and only then answers. Nothing is parsed here. */
@Injectable()
export class ReceiveWebhook {
  private readonly ledger: Batcher<LedgerEntry & { arrival: number }, undefined>;
  private arrivals = 0;

  constructor(
    db: SystemDb,
    private readonly apps: WebhookApps,
    private readonly producer: JobProducer,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    const batcher = 'ledger';
    this.ledger = new Batcher({
      name: batcher,
      run: async (entries) => {
        await appendToLedger(db, entries);
        return entries.map(() => undefined);
      },
      // Ledger rows have no key of the sender's; the order of arrival is the order of their ids.
      keyOf: ({ arrival }) => String(arrival).padStart(16, '0'),
      bytesOf: ({ body }) => body.length,
      observer: observeBatcher(batcher, metrics, logger),
    });
    shutdown.add('flush-batchers', batcher, () => this.ledger.close());
  }

  /** Returns once the bytes are committed. Throws WebhookValidation (nothing stored), or a 503 (Meta comes again). */
  async receive(webhook: IncomingWebhook): Promise<void> {
    const app = await this.verify(webhook);
    try {
      const { metaAppId, tenantId: appTenantId } = app;
      await this.ledger.add({ metaAppId, appTenantId, body: webhook.body, arrival: this.arrivals++ });
    } catch (error) {
      const overloaded = error instanceof DomainError && error.code === 'overload.backlog-full';
      this.metrics.inc('webhook_rejected_total', { reason: overloaded ? 'overloaded' : 'database_unavailable' });
      throw error;
    }
    this.metrics.inc('webhook_received_total');
    this.producer.wake('ledger.wake', {});
  }

  /** Meta's handshake: the challenge, if the token is the app's. */
  async shakeHands(appId: string | undefined, query: Readonly<Record<string, unknown>>): Promise<string> {
    const app = await this.apps.find(appId);
    const challenge = query['hub.challenge'];
    const right = verifyToken(query['hub.verify_token'], app?.verifyToken);
    logEvent(this.logger, 'whatsapp.webhook.handshake', { metaAppId: app?.metaAppId, right });
    if (right && query['hub.mode'] === 'subscribe' && typeof challenge === 'string') return challenge;
    this.metrics.inc('webhook_rejected_total', { reason: 'handshake_refused' });
    throw new WebhookValidation();
  }

  private async verify({ appId, body, signature, contentType }: IncomingWebhook): Promise<WebhookApp> {
    const app = await this.apps.find(appId);
    const verdict = verifySignature(body, signature, app?.secrets ?? []);
    const fields = { metaAppId: app?.metaAppId, contentType, bytes: body.length };
    if (app && verdict.ok) {
      logEvent(this.logger, 'whatsapp.webhook.signature_valid', fields);
      return app;
    }
    // An unknown app and a wrong signature get one answer: who asks learns nothing of which apps there are.
    const reason = verdict.ok ? 'app_unknown' : REJECTIONS[verdict.reason];
    this.metrics.inc('webhook_rejected_total', { reason });
    logEvent(this.logger, 'whatsapp.webhook.signature_invalid', { ...fields, reason });
    throw new WebhookValidation();
  }
}
