import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CANARY_TEMPLATE, TenantDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { GraphClient } from '@parley/graph';
import { AcceptMessages, draftOf, requestHashOf } from '@parley/messaging';
import type { TenantCaller } from '../../auth/index.js';
import { found } from '../../http/id.js';
import { SendMessageDto } from '../../messages/send-message.dto.js';
import { askMeta } from '../graph-refusal.js';
import { OwnNumbers } from '../own-numbers.js';
import type { CanaryDto } from './canary.dto.js';
import type { CanaryView } from './canary.view.js';
import { ReadCanary } from './read-canary.js';

const TEXT = 'This message proves that everything arrives. You need not answer.';
const TEMPLATE = {
  language: 'en_US',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'This template only proves that news of it arrives. It is taken back at once.' }],
} as const;

/** Does something that Meta must send a signed webhook about. */
@Injectable()
export class SendCanary {
  constructor(
    private readonly graph: GraphClient,
    private readonly db: TenantDb,
    private readonly own: OwnNumbers,
    private readonly acceptance: AcceptMessages,
    private readonly canaries: ReadCanary,
  ) {}

  /** @throws resource.not-found; whatever acceptance or Meta refuses */
  async send({ tenantId, scopes }: TenantCaller, numberId: string, { to, template }: CanaryDto): Promise<CanaryView> {
    if (to === undefined) {
      await this.makeTemplate(tenantId, numberId);
    } else {
      // Who may connect numbers may not for that reason write to customers.
      if (!scopes.has('messages:write')) throw new DomainError('auth.scope-missing', 'A canary to somebody needs the scope messages:write.');
      await this.sendMessage(tenantId, numberId, to, template);
    }
    return found(await this.canaries.newest(tenantId, numberId));
  }

  /** Through the acceptance that every message passes: consent, window, template. */
  private async sendMessage(tenantId: TenantId, numberId: string, to: string, template: CanaryDto['template']): Promise<void> {
    await this.own.get(tenantId, numberId);
    const message = Object.assign(new SendMessageDto(), { numberId, to, ...(template ? { template } : { text: { body: TEXT } }) });
    const draft = draftOf(message);
    const accepted = await this.acceptance.accept({
      tenantId,
      draft,
      source: 'api',
      idempotencyKey: null,
      requestHash: requestHashOf(draft),
    });
    const { id: messageId, createdAt: startedAt } = accepted.message;
    await this.db.run(tenantId, (tx) => tx.canary.create({ data: { tenantId, phoneNumberId: numberId, kind: 'message', messageId, startedAt } }));
  }

  /** Meta tells of a template's end, whatever became of its review. The row stands before that end can be told. */
  private async makeTemplate(tenantId: TenantId, numberId: string): Promise<void> {
    const { wabaId, accessToken: token } = await this.own.openAccount(tenantId, numberId);
    const name = `${CANARY_TEMPLATE}${randomUUID().replaceAll('-', '')}`;
    const { id: templateId } = await askMeta(() => this.graph.createTemplate(wabaId, { name, ...TEMPLATE }, { token }));
    await this.db.run(tenantId, (tx) => tx.canary.create({ data: { tenantId, phoneNumberId: numberId, kind: 'template', templateName: name } }));
    await askMeta(() => this.graph.deleteTemplate(wabaId, { name, templateId }, { token }));
  }
}
