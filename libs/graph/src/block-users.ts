import type { GraphCall, GraphCaller } from './graph-caller.js';
import { segment } from './graph-path.js';
import { parseJson } from './json.js';
import { readAnswer } from './read-answer.js';
import type { BlockUsersAnswer, BlockUsersEntry } from './wire-nodes.js';

/** Whom to block: a phone number (E.164), or a business-scoped user id. */
export type BlockTarget = { readonly user: string } | { readonly user_id: string };

/** What became of each. Meta takes up to 1,000 a call, and only people who wrote within 24 hours. */
export interface BlockOutcome {
  readonly done: readonly BlockUsersEntry[];
  readonly failed: readonly BlockUsersEntry[];
}

/** Blocks or unblocks. A partial failure is an outcome, though Meta answers it with 400 and an error beside the lists. */
export async function changeBlockedUsers(
  calls: GraphCaller,
  method: 'POST' | 'DELETE',
  phoneNumberId: string,
  users: readonly BlockTarget[],
  call: GraphCall,
): Promise<BlockOutcome> {
  const body = { messaging_product: 'whatsapp', block_users: users };
  const path = `/${segment(phoneNumberId)}/block_users`;
  const ended = await calls.send({ endpoint: 'block_users', method, path, body, ...call });
  const partial = ended.kind === 'answered' && ended.status === 400 ? listsOf(parseJson(ended.body)) : undefined;
  const lists = partial ?? listsOf(readAnswer(ended, { endpoint: 'block_users' }));
  return { done: lists?.added_users ?? lists?.removed_users ?? [], failed: lists?.failed_users ?? [] };
}

function listsOf(answer: unknown): BlockUsersAnswer['block_users'] {
  return (answer as BlockUsersAnswer | null | undefined)?.block_users;
}
