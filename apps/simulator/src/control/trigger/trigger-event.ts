import { Injectable } from '@nestjs/common';
import { Identifiers } from '../../random/identifiers.js';
import type { BusinessNumber } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { Clock } from '../../state/clock.js';
import type { WebhookUpdate } from '../../webhooks/envelope.js';
import { WebhookSender } from '../../webhooks/webhook-sender.js';
import { ControlProblem } from '../control-problem.js';
import type { TriggerDto, TriggeredEvent, TriggerableEvent } from '../dto/trigger.dto.js';
import { Known } from '../known.js';
import { ACCOUNT_EVENTS } from './account-events.js';
import { ActedEvents } from './acted-events.js';
import { COEXISTENCE_EVENTS } from './coexistence-events.js';
import { CUSTOMER_EVENTS } from './customer-events.js';
import { MESSAGE_EVENTS } from './message-events.js';
import { NUMBER_EVENTS } from './number-events.js';
import type { TriggerContext, WebhookEvents } from './trigger-context.js';

const WEBHOOK_EVENTS: WebhookEvents = {
  ...NUMBER_EVENTS,
  ...ACCOUNT_EVENTS,
  ...CUSTOMER_EVENTS,
  ...MESSAGE_EVENTS,
  ...COEXISTENCE_EVENTS,
};

/** Who an event is about where nobody is named. */
const SOMEBODY = '15550001234';

/** Makes one named event happen. What it needs and is not told it picks: the first number, somebody, the first template. */
@Injectable()
export class TriggerEvent {
  constructor(
    private readonly acted: ActedEvents,
    private readonly accounts: Accounts,
    private readonly known: Known,
    private readonly sender: WebhookSender,
    private readonly identifiers: Identifiers,
    private readonly clock: Clock,
  ) {}

  list(): TriggerableEvent[] {
    return Object.entries({ ...this.acted.events, ...WEBHOOK_EVENTS }).map(([name, { description }]) => ({
      name,
      description,
    }));
  }

  /** @throws ControlProblem for an unknown event, or where there is nothing that it could be about */
  async trigger(dto: TriggerDto): Promise<TriggeredEvent> {
    const { event, value } = dto;
    const webhook = WEBHOOK_EVENTS[event];
    const acted = this.acted.events[event];
    if (!webhook && !acted) {
      throw new ControlProblem(404, 'event.not_found', `There is no event ${event}; GET /control/events names them.`);
    }
    const context = this.contextOf(dto);
    if (acted) await acted.act(context);
    for (const update of webhook?.updates(context) ?? []) this.sender.send(overlaid(update, value));
    return {
      event,
      wabaId: context.account.wabaId,
      phoneNumberId: context.number.id,
      customer: context.customer.phone,
      templateId: context.template?.id ?? null,
    };
  }

  private contextOf({ wabaId, phoneNumberId, customer, templateId, reason }: TriggerDto): TriggerContext {
    const template = templateId === undefined ? undefined : this.known.template(templateId);
    const number =
      phoneNumberId === undefined ? this.anyNumber(wabaId ?? template?.wabaId) : this.known.number(phoneNumberId);
    const account = this.accounts.accountOf(number);
    const person = this.known.customer(customer ?? SOMEBODY);
    const [firstTemplate] = account.templates.values();
    return {
      account,
      number,
      customer: person,
      template: template ?? firstTemplate,
      reason,
      nowSeconds: this.clock.nowSeconds(),
      wamid: (direction) => this.identifiers.wamid(person.phone, direction),
    };
  }

  private anyNumber(wabaId: string | undefined): BusinessNumber {
    const accounts = wabaId === undefined ? this.accounts.all() : [this.known.account(wabaId)];
    const number = accounts.flatMap(({ numbers }) => [...numbers.values()])[0];
    if (number) return number;
    throw new ControlProblem(409, 'number.missing', 'There is no number yet: POST /control/accounts makes one.');
  }
}

/** The update with members of its value replaced. */
function overlaid(update: WebhookUpdate, value: TriggerDto['value']): WebhookUpdate {
  if (!value) return update;
  if (update.kind === 'field') return { ...update, value: { ...update.value, ...value } };
  return update.kind === 'message' ? { ...update, message: { ...update.message, ...value } } : update;
}
