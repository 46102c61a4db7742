/** Somebody who could take a conversation. */
export interface AssigneeFacts {
  userId: string;
  /** Conversations that he has now. */
  open: number;
  /** How often he has answered this customer. */
  answers: number;
  lastAnswerAt: Date | null;
}

/** What speaks for him: `history` (he knows the customer) or `load` (he has least to do). */
export type AssigneeReason = 'history' | 'load';

/** Knowing the customer outweighs so many conversations more. */
const HISTORY_IS_WORTH = 3;

/** Who should take the conversation, best first: who has little to do, and rather somebody whom the customer knows. */
export function rankAssignees<Facts extends AssigneeFacts>(assignees: readonly Facts[]): (Facts & { reason: AssigneeReason })[] {
  return [...assignees].sort(byFitness).map((one) => ({ ...one, reason: one.answers > 0 ? 'history' : 'load' }));
}

function byFitness(one: AssigneeFacts, other: AssigneeFacts): number {
  const lastAnswer = ({ lastAnswerAt }: AssigneeFacts) => lastAnswerAt?.getTime() ?? 0;
  return burden(one) - burden(other) || lastAnswer(other) - lastAnswer(one) || (one.userId < other.userId ? -1 : 1);
}

const burden = ({ open, answers }: AssigneeFacts): number => open - (answers > 0 ? HISTORY_IS_WORTH : 0);
