import { Injectable } from '@nestjs/common';
import { readOvertakers, readTimelineAttempts, readTimelineEvents, readTimelineHolds, readTimelineMessage, readTimelineSteps, TenantDb, type TimelineMessage } from '@parley/data';
import { timelineOf, type MessageKind, type MessageState, type TenantId, type TimelineAttempt, type TimelineHold, type TimelineStep, type WaitCause } from '@parley/domain';
import { found } from '../http/id.js';
import { timelineView, type TimelineView } from './timeline.view.js';

/** Brings together what is known of one message, from all the tables that know something. */
@Injectable()
export class ReadTimeline {
  constructor(private readonly db: TenantDb) {}

  /** @throws resource.not-found */
  read(tenantId: TenantId, id: string): Promise<TimelineView> {
    return this.db.run(tenantId, async (tx) => {
      const message = found(await readTimelineMessage(tx, tenantId, id));
      const steps = await readTimelineSteps(tx, tenantId, id, message.createdAt);
      const attempts = await readTimelineAttempts(tx, tenantId, id);
      const holds = [...moduleHold(message), ...(await readTimelineHolds(tx, tenantId, message.numberId, message.createdAt))];
      const overtakenAt = await readOvertakers(tx, tenantId, id, message);
      const events = await readTimelineEvents(tx, tenantId, id, momentsOf(message.createdAt, steps, attempts));
      const state = message.state as MessageState;
      const kind = message.kind as MessageKind;
      const waitCause = message.waitCause as WaitCause | null;
      return timelineView(id, state, timelineOf({ ...message, state, kind, waitCause, steps, attempts, holds, overtakenAt, events }));
    });
  }
}

/** Nobody keeps since when the module is off: it says why the message waits now, and claims no time of the past. */
function moduleHold({ isModuleOff, now }: TimelineMessage): TimelineHold[] {
  return isModuleOff ? [{ cause: 'module', reason: 'module.disabled', beganAt: now, until: null, endedAt: null }] : [];
}

/** Every event is written together with one of these. */
function momentsOf(createdAt: Date, steps: readonly TimelineStep[], attempts: readonly TimelineAttempt[]): Date[] {
  return [createdAt, ...steps.map(({ at }) => at), ...attempts.flatMap(({ finishedAt }) => finishedAt ?? [])];
}
