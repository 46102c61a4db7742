import { Injectable } from '@nestjs/common';
import { acceptsMessage, NO_FAULT, type Fault, type FaultEffect, type FaultKind } from '../faults/fault.js';
import { FaultQueue } from '../faults/fault-queue.js';
import { Clock } from '../state/clock.js';
import { ControlProblem } from './control-problem.js';
import type { FaultDto } from './dto/fault.dto.js';

/** What kinds do where the request does not say. */
const DEFAULTS: Partial<Record<FaultKind, Partial<FaultEffect> & { readonly durationMs?: number }>> = {
  http: { status: 502 },
  html: { status: 502 },
  'accept-then-http': { status: 504 },
  'too-many-requests': { retryAfterSeconds: 2 },
  maintenance: { durationMs: 60_000 },
  slow: { delayMs: 5000 },
  'slow-loris': { delayMs: 100 },
  'statuses-delayed': { delayMs: 30_000 },
};

/** Takes a fault up into the queue, with what its kind does by itself. */
@Injectable()
export class AddFault {
  constructor(
    private readonly queue: FaultQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws ControlProblem for a path together with a kind that only a send can meet */
  add({ match, kind, code, count, share, copies, ...dto }: FaultDto): Fault {
    if (match.path !== undefined && acceptsMessage(kind)) {
      throw new ControlProblem(400, 'fault.needs_send', `${kind} is for sends only: leave match.path out.`);
    }
    const preset = DEFAULTS[kind] ?? {};
    const durationMs = dto.durationMs ?? preset.durationMs;
    const to = match.to?.replace('+', '');
    return this.queue.add({
      match: { ...match, ...(to !== undefined && { to }) },
      kind,
      code,
      copies,
      share,
      status: dto.status ?? preset.status ?? NO_FAULT.status,
      delayMs: dto.delayMs ?? preset.delayMs ?? NO_FAULT.delayMs,
      retryAfterSeconds: dto.retryAfterSeconds ?? preset.retryAfterSeconds ?? NO_FAULT.retryAfterSeconds,
      endsAtMs: durationMs === undefined ? null : this.clock.nowMs() + durationMs,
      remaining: count ?? (durationMs === undefined ? 1 : Number.MAX_SAFE_INTEGER),
    });
  }
}
