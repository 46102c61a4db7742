import { Injectable } from '@nestjs/common';
import {
  addConversationNote,
  changeConversation,
  conversationTimeline,
  readAssignees,
  TenantDb,
  type ConversationDetails,
  type TenantTx,
} from '@parley/data';
import { rankAssignees, type TenantId } from '@parley/domain';
import { Clock } from '@parley/platform';
import type { TenantCaller } from '../auth/index.js';
import { refuseUnstorableText } from '../contacts/storable-text.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, windowOf, type Page, type PageQuery } from '../http/page.js';
import { assigneeView, momentView, noteView, type AssigneesView, type MomentView, type NoteView } from './conversation-actions.view.js';
import { CONVERSATION_INCLUDE, conversationView, type ConversationView } from './conversation.view.js';

/** What people say of conversations, and what happened to them. */
@Injectable()
export class DescribeConversation {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
  ) {}

  /** @throws resource.not-found, text.invalid-character */
  async change({ tenantId, actor }: TenantCaller, id: string, details: ConversationDetails): Promise<ConversationView> {
    refuseUnstorableText(details);
    return this.db.run(tenantId, async (tx) => {
      await changeConversation(tx, { tenantId, id, actor }, details);
      const row = await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, include: CONVERSATION_INCLUDE });
      return conversationView(found(row), this.clock.now());
    });
  }

  /** @throws resource.not-found, text.invalid-character */
  async addNote({ tenantId, actor }: TenantCaller, id: string, text: string): Promise<NoteView> {
    refuseUnstorableText({ text });
    return noteView(found(await this.db.run(tenantId, (tx) => addConversationNote(tx, { tenantId, id, actor }, text))));
  }

  /** Newest first. @throws resource.not-found */
  async notes(tenantId: TenantId, conversationId: string, query: PageQuery): Promise<Page<NoteView>> {
    const { where, ...window } = prismaWindow(query);
    const rows = await this.read(tenantId, conversationId, (tx) => tx.conversationNote.findMany({ ...window, where: { ...where, tenantId, conversationId } }));
    return pageOf(rows, query, noteView);
  }

  /** What happened to it, notes included, newest first. @throws resource.not-found */
  async timeline(tenantId: TenantId, id: string, query: PageQuery): Promise<Page<MomentView>> {
    const { before, take } = windowOf(query);
    const rows = await this.read(tenantId, id, (tx) => conversationTimeline(tx, { tenantId, id }, before, take));
    return pageOf(rows, query, momentView);
  }

  /** Who could take it, best first. @throws resource.not-found */
  async assignees(tenantId: TenantId, id: string): Promise<AssigneesView> {
    const ranked = rankAssignees(await this.read(tenantId, id, (tx) => readAssignees(tx, tenantId, id)));
    return { suggested: ranked[0]?.userId ?? null, data: ranked.map(assigneeView) };
  }

  private read<Row>(tenantId: TenantId, id: string, work: (tx: TenantTx) => Promise<Row[]>): Promise<Row[]> {
    return this.db.run(tenantId, async (tx) => {
      found(await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } }));
      return work(tx);
    });
  }
}
