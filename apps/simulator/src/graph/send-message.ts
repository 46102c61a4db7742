import { Injectable } from '@nestjs/common';
import type { FaultEffect } from '../faults/fault.js';
import { Chats } from '../feed/chats.js';
import { isJsonObject } from '../json.js';
import { Identifiers } from '../random/identifiers.js';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import type { BusinessNumber } from '../state/account.js';
import { Clock } from '../state/clock.js';
import { Ledger, type LedgerEntry } from '../state/ledger.js';
import { Settings } from '../state/settings.js';
import type { AcceptedMessage, Pricing } from '../webhooks/status-body.js';
import { StatusPlayer } from '../webhooks/status-player.js';
import { JudgeSend, type Verdict } from './judge-send.js';
import type { SendRequest } from './validation/send-request.js';

/** The answer to an accepted send. */
export interface SendAnswer {
  readonly messaging_product: 'whatsapp';
  readonly contacts: readonly { readonly input: string; readonly wa_id?: string; readonly user_id?: string }[];
  readonly messages: readonly {
    readonly id: string;
    readonly message_status?: 'accepted' | 'held_for_quality_assessment';
  }[];
}

/** Takes a send: writes it into the ledger and sets its statuses going. */
@Injectable()
export class SendMessage {
  private readonly random: RandomStream;

  constructor(
    private readonly judgeSend: JudgeSend,
    private readonly ledger: Ledger,
    private readonly identifiers: Identifiers,
    private readonly statuses: StatusPlayer,
    private readonly chats: Chats,
    private readonly settings: Settings,
    private readonly clock: Clock,
    random: SeededRandom,
  ) {
    this.random = random.stream('sends');
  }

  /**
   * @param fault what is made to happen to the message, if anything is
   * @throws GraphError for what is refused at once
   */
  async accept(number: BusinessNumber, request: SendRequest, fault: FaultEffect | undefined): Promise<SendAnswer> {
    const now = this.clock.nowMs();
    const verdict = this.judgeSend.judge(number, request, now);
    const entry = this.write(number, request, fault, verdict, now);
    this.chats.sent(entry, request.body, verdict.template?.components ?? null);
    const message: AcceptedMessage = {
      entry,
      number,
      waId: verdict.waId,
      userId: request.userId,
      pricing: pricingOf(verdict, request),
      template: verdict.template,
      isVoice: isVoice(request),
      isHeld: this.isHeld(verdict, fault),
      fault,
      conversationId: this.settings.values.conversationObjects ? this.identifiers.conversationId() : null,
    };
    const isStatusFirst = this.settings.values.statusBeforeAnswer || fault?.kind === 'status-before-answer';
    if (isStatusFirst && !message.isHeld) await this.statuses.playFirst(message);
    else this.statuses.play(message);
    return answerTo(message);
  }

  private write(
    number: BusinessNumber,
    request: SendRequest,
    fault: FaultEffect | undefined,
    verdict: Verdict,
    at: number,
  ): LedgerEntry {
    const failsByFault = fault?.kind === 'failed' || fault?.kind === 'failed-after-sent';
    return this.ledger.append({
      wamid: this.identifiers.wamid(verdict.recipient, 'outbound'),
      phoneNumberId: number.id,
      to: request.input,
      recipient: verdict.recipient,
      type: request.type,
      opaque: request.opaque,
      at,
      body: this.settings.values.ledgerBodies ? request.body : null,
      failure: failsByFault ? fault.code : verdict.failure,
    });
  }

  /** Meta holds some marketing templates back until it knows how the first ones are taken. */
  private isHeld({ template, failure }: Verdict, fault: FaultEffect | undefined): boolean {
    if (!template || failure !== null) return false;
    if (fault?.kind === 'held' || fault?.kind === 'held-then-failed') return true;
    return template.category === 'MARKETING' && this.random.chance(this.settings.values.heldShare);
  }
}

function isVoice({ type, body }: SendRequest): boolean {
  return type === 'audio' && isJsonObject(body['audio']) && body['audio']['voice'] === true;
}

function answerTo({ entry, waId, userId, isHeld }: AcceptedMessage): SendAnswer {
  const status = isHeld ? 'held_for_quality_assessment' : 'accepted';
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: entry.to, ...(waId !== null && { wa_id: waId }), ...(userId !== null && { user_id: userId }) }],
    messages: [entry.type === 'template' ? { id: entry.wamid, message_status: status } : { id: entry.wamid }],
  };
}

/** Meta charges templates by category; utility is free within the service window, as is everything else. */
function pricingOf({ template, isWindowOpen }: Verdict, { isMarketingLite }: SendRequest): Pricing {
  const category = isMarketingLite ? 'marketing_lite' : template?.category.toLowerCase();
  const isFree = !template || (template.category === 'UTILITY' && isWindowOpen);
  return {
    billable: !isFree,
    pricing_model: 'PMP',
    type: isFree ? 'free_customer_service' : 'regular',
    category: category ?? 'service',
  };
}
