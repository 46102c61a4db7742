import { Injectable, ValidationPipe } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { AcceptNotifications, type NotificationOutcome } from '@parley/messaging';
import { asDomainError, Config, problemOf, VALIDATION_OPTIONS, type Problem } from '@parley/platform';
import type { NotificationBatchView, NotificationResultView } from './notification-batch.dto.js';
import { NotificationDto } from './notification.dto.js';

/** From this status on a refusal is no fault of the event. */
const SERVER_FAULT = 500;

/** Tells many events in one call: the good ones become messages, each bad one is named. */
@Injectable()
export class NotifyMany {
  private readonly validation = new ValidationPipe(VALIDATION_OPTIONS);

  constructor(
    private readonly notifications: AcceptNotifications,
    private readonly config: Config,
  ) {}

  /** @throws what kept the first event from being taken where it was no fault of its own: the call can be repeated as it is */
  async notify(tenantId: TenantId, events: readonly unknown[], requestId: string): Promise<NotificationBatchView> {
    const results: NotificationResultView[] = [];
    for (const [index, event] of events.entries()) {
      try {
        results.push(resultOf(index, await this.tell(tenantId, event)));
      } catch (thrown) {
        const error = asDomainError(thrown);
        if (index === 0 && error.httpStatus >= SERVER_FAULT && error.code !== 'lookup.unavailable') throw error;
        results.push({ index, outcome: 'refused', problem: this.problemOf(error, index, requestId) });
      }
    }
    return { results };
  }

  private async tell(tenantId: TenantId, event: unknown): Promise<NotificationOutcome> {
    if (typeof event !== 'object' || event === null || Array.isArray(event)) {
      throw new DomainError('request.invalid', undefined, { errors: [{ pointer: '', code: 'field.invalid', detail: 'This must be an object.' }] });
    }
    const dto = (await this.validation.transform(event, { type: 'body', metatype: NotificationDto })) as NotificationDto;
    return this.notifications.accept(tenantId, dto);
  }

  private problemOf(error: DomainError, index: number, requestId: string): Problem {
    const { body } = problemOf(error, requestId, this.config.docsBase);
    const errors = error.errors.length > 0 ? error.errors : [{ pointer: '', code: error.code, detail: body.detail }];
    return { ...body, errors: errors.map((fault) => ({ ...fault, pointer: `/events/${index}${fault.pointer}` })) };
  }
}

function resultOf(index: number, outcome: NotificationOutcome): NotificationResultView {
  if (outcome.kind === 'skipped') return { index, outcome: 'skipped', reason: outcome.reason };
  return { index, outcome: 'accepted', messageId: outcome.message.id, replayed: outcome.replayed };
}
