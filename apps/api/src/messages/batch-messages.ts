import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { AcceptMessages, type AcceptanceResult } from '@parley/messaging';
import { Config } from '@parley/platform';
import { itemProblem, readItems } from './batch-items.js';
import type { BatchResultView, BatchView } from './batch.view.js';

export interface BatchCall {
  readonly tenantId: TenantId;
  readonly body: unknown;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

/** From this status on a refusal is no fault of the message. */
const SERVER_FAULT = 500;

/** Takes up to 1,000 messages in one call: the good ones are committed, each bad one is named. */
@Injectable()
export class BatchMessages {
  constructor(
    private readonly acceptance: AcceptMessages,
    private readonly config: Config,
  ) {}

  /**
   * @returns the answer, and whether all of it was given before
   * @throws request.invalid for a body without a list; what kept every single message from being taken where it was no
   * fault of theirs, such as database.unavailable
   */
  async send({ tenantId, body, idempotencyKey, requestId }: BatchCall): Promise<{ view: BatchView; replayed: boolean }> {
    const items = readItems(body, tenantId, idempotencyKey);
    const accepted = (await this.acceptance.acceptAll(items.flatMap((item) => (item.ok ? [item.request] : [])))).values();
    const results = items.map((item): AcceptanceResult => (item.ok ? (accepted.next().value as AcceptanceResult) : item));
    assertSomeoneToAnswer(results);
    const views = results.map((result, at) => this.viewOf(result, at, requestId));
    const taken = results.filter(({ ok }) => ok).length;
    return {
      view: { accepted: taken, refused: results.length - taken, results: views },
      replayed: results.every((result) => result.ok && result.replayed),
    };
  }

  private viewOf(result: AcceptanceResult, index: number, requestId: string): BatchResultView {
    if (result.ok) return { index, accepted: true, id: result.message.id, status: 'QUEUED' };
    return { index, accepted: false, problem: itemProblem(result.error, index, requestId, this.config.docsBase) };
  }
}

/** Where nothing was taken for a reason that is ours, the whole call says so: it can be repeated as it is. */
function assertSomeoneToAnswer(results: readonly AcceptanceResult[]): void {
  const isOurs = (result: AcceptanceResult): boolean => !result.ok && result.error.httpStatus >= SERVER_FAULT;
  const [first] = results;
  if (first && !first.ok && results.every(isOurs)) throw new DomainError(first.error.code, first.error.detail, first.error);
}
