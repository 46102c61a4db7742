import { Injectable } from '@nestjs/common';
import { Identifiers } from '../random/identifiers.js';
import type { BusinessNumber } from '../state/account.js';
import { Ledger } from '../state/ledger.js';
import { Settings } from '../state/settings.js';
import { StatusPlayer, type AcceptedMessage, type Pricing } from '../webhooks/status-player.js';
import { JudgeSend, type Verdict } from './judge-send.js';
import type { SendRequest } from './validation/send-request.js';

/** The answer to an accepted send. */
export interface SendAnswer {
  readonly messaging_product: 'whatsapp';
  readonly contacts: readonly { readonly input: string; readonly wa_id?: string; readonly user_id?: string }[];
  readonly messages: readonly { readonly id: string; readonly message_status?: 'accepted' }[];
}

/** Takes a send: writes it into the ledger and sets its statuses going. */
@Injectable()
export class SendMessage {
  constructor(
    private readonly judgeSend: JudgeSend,
    private readonly ledger: Ledger,
    private readonly identifiers: Identifiers,
    private readonly statuses: StatusPlayer,
    private readonly settings: Settings,
  ) {}

  /**
   * @param failure error code that the message is made to fail with later on, if it is
   * @throws GraphError for what is refused at once
   */
  async accept(number: BusinessNumber, request: SendRequest, failure: number | null): Promise<SendAnswer> {
    const now = Date.now();
    const verdict = this.judgeSend.judge(number, request, now);
    const entry = this.ledger.append({
      wamid: this.identifiers.wamid(verdict.recipient, 'outbound'),
      phoneNumberId: number.id,
      to: request.input,
      recipient: verdict.recipient,
      type: request.type,
      opaque: request.opaque,
      at: now,
      body: this.settings.values.ledgerBodies ? request.body : null,
      failure: failure ?? verdict.failure,
    });
    const { waId } = verdict;
    const message: AcceptedMessage = { entry, number, waId, userId: request.userId, pricing: pricingOf(verdict) };
    if (this.settings.values.statusBeforeAnswer) await this.statuses.playFirst(message);
    else this.statuses.play(message);
    return answerTo(message);
  }
}

function answerTo({ entry, waId, userId }: AcceptedMessage): SendAnswer {
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: entry.to, ...(waId !== null && { wa_id: waId }), ...(userId !== null && { user_id: userId }) }],
    messages: [entry.type === 'template' ? { id: entry.wamid, message_status: 'accepted' } : { id: entry.wamid }],
  };
}

/** Meta charges templates by category; utility is free within the service window, as is everything else. */
function pricingOf({ template, isWindowOpen }: Verdict): Pricing {
  const isFree = !template || (template.category === 'UTILITY' && isWindowOpen);
  return {
    billable: !isFree,
    pricing_model: 'PMP',
    type: isFree ? 'free_customer_service' : 'regular',
    category: template ? template.category.toLowerCase() : 'service',
  };
}
