import { Injectable } from '@nestjs/common';
import { insertRuns, readChainRows, readSettings, type ChainRow, type MessageKey, type NewRun, type RunKey, type SystemQueries } from '@parley/data';
import { walkChain, type AutomationStep, type ChainWalk, type MessageSender } from '@parley/domain';
import { chainFacts, type ChainSettings } from './chain-facts.js';

/** For how long an answer that is known may take to be accepted before somebody else gives it. */
const ANSWER_LEASE_SECONDS = 30;

/** An answer that a step knows at once; its run is this process's. */
export interface PlannedAnswer {
  run: RunKey;
  row: ChainRow;
  step: AutomationStep;
  text: string;
  sender: MessageSender;
}

type Next = NonNullable<ChainWalk['next']>;

/** Leads the chains of messages to the next step that has something to do, and writes down where they stand. */
@Injectable()
export class PlanChains {
  /**
   * Steps that had nothing to do are noted; one that asks somebody else is due from now on; an answer is begun, and is the
   * caller's to give once this is committed.
   */
  async advance(tx: SystemQueries, messages: readonly MessageKey[]): Promise<PlannedAnswer[]> {
    const rows = await readChainRows(tx, messages);
    const settings = await this.settings(tx, rows);
    const runs: NewRun[] = [];
    const planned = new Map<string, Omit<PlannedAnswer, 'run'>>();
    const away = new Map<string, Date[]>();
    for (const row of rows.filter(({ isOver }) => !isOver)) {
      const own = settings(row);
      // The message before it in this set may have been told the same.
      const saidAwayFor = [...row.saidAwayFor, ...(away.get(row.conversationId) ?? [])];
      const { passed, next } = walkChain(own.automations.steps, { ...chainFacts(row, own), saidAwayFor }, new Set(row.begun));
      runs.push(...passed.filter(isNoted).map(({ step, position, reason }) => runOf(row, step, position, { state: 'PASSED' as const, reason })));
      if (!next) continue;
      runs.push(nextRun(row, next));
      const { step, decision } = next;
      if (decision.do === 'work') continue;
      if (decision.period) away.set(row.conversationId, [...(away.get(row.conversationId) ?? []), decision.period]);
      planned.set(keyOf({ ...row, step: step.id }), { row, step, text: decision.text, sender: decision.sender });
    }
    const inserted = await insertRuns(tx, runs);
    return inserted.flatMap((run) => {
      const answer = planned.get(keyOf(run));
      return answer ? [{ run, ...answer }] : [];
    });
  }

  /** By tenant, in one look-up for each section. */
  async settings(tx: SystemQueries, rows: readonly Pick<ChainRow, 'tenantId'>[]): Promise<(row: Pick<ChainRow, 'tenantId'>) => ChainSettings> {
    const tenantIds = rows.map(({ tenantId }) => tenantId);
    const automations = await readSettings(tx, 'automations', tenantIds);
    const hours = await readSettings(tx, 'business-hours', tenantIds);
    const consent = await readSettings(tx, 'consent', tenantIds);
    return ({ tenantId }) => ({ automations: automations.get(tenantId)!, hours: hours.get(tenantId)!, consent: consent.get(tenantId)! });
  }
}

/** Where the organisation has no echo there is none to be told of. */
const isNoted = ({ reason }: ChainWalk['passed'][number]): boolean => reason !== 'switched-off';

const keyOf = ({ messageId, step }: Pick<RunKey, 'messageId' | 'step'>): string => `${messageId} ${step}`;

function nextRun(row: ChainRow, { step, position, decision }: Next): NewRun {
  if (decision.do === 'work') return { ...runOf(row, step, position, { state: 'DUE', reason: null }), leaseSeconds: 0 };
  return { ...runOf(row, step, position, { state: 'RUNNING', reason: null }), leaseSeconds: ANSWER_LEASE_SECONDS, period: decision.period };
}

function runOf(row: ChainRow, { id, type }: AutomationStep, position: number, state: Pick<NewRun, 'state' | 'reason'>): NewRun {
  const { tenantId, messageId } = row;
  return { tenantId, messageId, step: id, type, position, ...state, leaseSeconds: null, period: null };
}
