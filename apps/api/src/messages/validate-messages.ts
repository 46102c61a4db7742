import { Inject, Injectable } from '@nestjs/common';
import {
  amountText,
  countryOf,
  isBusinessScopedId,
  laneName,
  previewTemplate,
  priceOf,
  type AcceptedVerdict,
  type DomainError,
  type Price,
  type RateCard,
  type TenantId,
} from '@parley/domain';
import { AcceptMessages, Backlog, RATE_CARD, type AcceptanceRequest, type Judged } from '@parley/messaging';
import { Config } from '@parley/platform';
import { itemProblem, readItems, type BatchItem } from './batch-items.js';
import { DepartureTimes, type Departures } from './departure-times.js';
import type { DryRunRule, DryRunView, TotalPriceView, ValidationView } from './validate.view.js';

/** A message that would be accepted. */
interface Passed {
  readonly ok: true;
  readonly request: AcceptanceRequest;
  readonly judged: Judged;
  readonly verdict: AcceptedVerdict;
  readonly price: Price;
  readonly leavesAt: Date;
}

type Outcome = Passed | { readonly ok: false; readonly rule: DryRunRule; readonly error: DomainError };

/** The dry run: what sending would answer, and what it would look like, cost and take. Nothing is written. */
@Injectable()
export class ValidateMessages {
  constructor(
    private readonly acceptance: AcceptMessages,
    private readonly backlog: Backlog,
    private readonly departureTimes: DepartureTimes,
    @Inject(RATE_CARD) private readonly card: RateCard,
    private readonly config: Config,
  ) {}

  /** @throws request.invalid for a body without a list */
  async validate(tenantId: TenantId, body: unknown, requestId: string): Promise<ValidationView> {
    const items = readItems(body, tenantId, null);
    const requests = items.flatMap((item) => (item.ok ? [item.request] : []));
    const judged = (await this.acceptance.dryRun(requests)).values();
    const departures = await this.departureTimes.read(tenantId, requests.map(({ draft }) => draft.numberId));
    const outcomes = items.map((item, at) => this.outcomeOf(item, at, judged, departures));
    const passed = outcomes.filter((outcome) => outcome.ok);
    return {
      accepted: passed.length,
      refused: outcomes.length - passed.length,
      price: this.totalOf(passed),
      finishedAt: passed.map(({ leavesAt }) => leavesAt).reduce<Date | null>((last, at) => (last && last > at ? last : at), null),
      results: outcomes.map((outcome, at) => this.viewOf(outcome, at, requestId)),
    };
  }

  private outcomeOf(item: BatchItem, at: number, judged: Iterator<Judged>, departures: Departures): Outcome {
    if (!item.ok) return { ok: false, rule: 'request', error: item.error };
    const { request } = item;
    const known = judged.next().value as Judged;
    const full = this.backlog.refusal(request.tenantId, at + 1);
    if (full) return { ok: false, rule: 'backlog', error: full };
    // Without a key none is taken.
    const verdict = known.verdict!;
    if (!verdict.ok) return verdict;
    const { windowOpenUntil, now } = known.row;
    const windowOpen = windowOpenUntil !== null && windowOpenUntil > now;
    const category = request.draft.kind === 'template' ? (known.template?.category ?? null) : null;
    const price = priceOf(this.card, { category, recipient: verdict.recipient, windowOpen });
    const { sendAt } = verdict;
    // What is scheduled takes no place among those that leave at once.
    const leavesAt = sendAt ?? departures.next(request.draft.numberId, now);
    return { ok: true, request, judged: known, verdict, price, leavesAt };
  }

  private viewOf(outcome: Outcome, index: number, requestId: string): DryRunView {
    if (!outcome.ok) {
      const { rule, error } = outcome;
      return { index, accepted: false, rule, problem: itemProblem(error, index, requestId, this.config.docsBase) };
    }
    const { request, judged, verdict, price, leavesAt } = outcome;
    const { recipient: to, purpose: category, lane, displayContent } = verdict;
    const { draft } = request;
    const preview = draft.kind === 'template' && judged.template ? previewTemplate(judged.template, draft.content.parameters) : null;
    return {
      index,
      accepted: true,
      to,
      category,
      lane: laneName(lane),
      displayContent,
      preview,
      price: {
        amount: price.micros === null ? null : amountText(price.micros),
        currency: this.card.currency,
        country: isBusinessScopedId(to) ? null : countryOf(to),
        market: price.market,
        free: price.free,
      },
      leavesAt,
    };
  }

  private totalOf(passed: readonly Passed[]): TotalPriceView {
    const known = passed.flatMap(({ price: { micros } }) => (micros === null ? [] : [micros]));
    const { currency, asOf } = this.card;
    return { amount: amountText(known.reduce((sum, micros) => sum + micros, 0)), currency, unknown: passed.length - known.length, asOf };
  }
}
