import type { ChainRow, ClaimedRun, Learnt } from '@parley/data';
import type { AutomationStep, ChainFacts, MessageDraft, StepSuccess } from '@parley/domain';

/** A slow step that is to be done for a message. */
export interface StepWork<Step extends AutomationStep = AutomationStep> {
  readonly run: ClaimedRun;
  readonly step: Step;
  readonly row: ChainRow;
  readonly facts: ChainFacts;
}

/** What a slow step came to. Whatever it learnt, and whoever it hands over to, is written with its end. */
export type StepResult =
  | { readonly end: 'wait'; readonly mediaId: string }
  | (({ readonly end: 'passed'; readonly reason: StepSuccess } | { readonly end: 'answered'; readonly drafts: readonly MessageDraft[]; readonly reason?: StepSuccess }) & {
      readonly handOver?: boolean;
      readonly learnt?: Learnt;
      /** Codes and figures; no content. */
      readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
    });
