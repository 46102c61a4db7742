import { Injectable } from '@nestjs/common';
import { assignConversation, moveConversation, TenantDb, type Assignment, type SteeredConversation, type TenantTx } from '@parley/data';
import { actionsIn, CONVERSATION_ACTIONS, DomainError, type ConversationAction, type EventName } from '@parley/domain';
import { Clock, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { CONVERSATION_INCLUDE, conversationView, type ConversationView } from './conversation.view.js';

const EVENTS: Readonly<Record<ConversationAction, EventName>> = {
  assign: 'whatsapp.conversation_assigned',
  resolve: 'whatsapp.conversation_resolved',
  reopen: 'whatsapp.conversation_reopened',
  archive: 'whatsapp.conversation_archived',
};

/** Assigns, resolves, reopens and archives conversations. */
@Injectable()
export class SteerConversation {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /**
   * Gives a conversation to a user, or to nobody. To whom has it already: nothing happens.
   * @throws resource.not-found, conversation.state-conflict, conversation.taken, user.not-assignable
   */
  assign(caller: TenantCaller, id: string, assignment: Assignment): Promise<ConversationView> {
    return this.act(caller, id, 'assign', async (tx) => {
      const steered = found(await assignConversation(tx, { ...caller, id }, assignment));
      if (steered.to === null) refuseUnassignable(steered, assignment);
      return steered;
    });
  }

  /** @throws resource.not-found, conversation.state-conflict */
  move(caller: TenantCaller, id: string, action: Exclude<ConversationAction, 'assign'>): Promise<ConversationView> {
    return this.act(caller, id, action, async (tx) => {
      const steered = found(await moveConversation(tx, { ...caller, id }, action));
      if (steered.to === null) throw conflict(steered, action);
      return steered;
    });
  }

  private async act(
    { tenantId }: TenantCaller,
    id: string,
    action: ConversationAction,
    work: (tx: TenantTx) => Promise<SteeredConversation>,
  ): Promise<ConversationView> {
    const { steered, view } = await this.db.run(tenantId, async (tx) => {
      const made = await work(tx);
      const row = found(await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, include: CONVERSATION_INCLUDE }));
      return { steered: made, view: conversationView(row, this.clock.now()) };
    });
    if (steered.to !== null) {
      this.metrics.inc('events_published_total', { event: EVENTS[action] });
      logEvent(this.logger, 'conversation.state_changed', { id, from: steered.state, to: steered.to, action });
    }
    return view;
  }
}

/** Why an assignment changed nothing; returns where it had been made before. */
function refuseUnassignable({ state, assignedTo }: SteeredConversation, { userId, from }: Assignment): void {
  if (!(CONVERSATION_ACTIONS.assign as readonly string[]).includes(state)) throw conflict({ state }, 'assign');
  if (assignedTo === userId) return;
  if (from !== undefined && assignedTo !== from) {
    throw new DomainError('conversation.taken', assignedTo === null ? 'Nobody has the conversation.' : `The user ${assignedTo} has the conversation.`);
  }
  const detail = 'There is no active user with this id.';
  throw new DomainError('user.not-assignable', detail, { errors: [{ pointer: '/userId', code: 'user.not-assignable', detail }] });
}

function conflict({ state }: Pick<SteeredConversation, 'state'>, action: ConversationAction): DomainError {
  const possible = actionsIn(state);
  const hint = possible.length === 0 ? 'Nothing can be done with it any more; the next message opens a new one.' : `Possible: ${possible.join(', ')}.`;
  return new DomainError('conversation.state-conflict', `The conversation is ${state}, so ${action} is not possible. ${hint}`);
}
