import { ApiProperty } from '@nestjs/swagger';
import type { Assignee, ConversationMoment, ConversationNote } from '@parley/data';
import { CONVERSATION_EVENTS, type AssigneeReason } from '@parley/domain';

const ID = '0199a1b2-0000-7000-8000-000000000007';
const AT = '2026-11-21T09:00:00.000Z';

/** Somebody who could take a conversation, and what speaks for him. */
export class AssigneeView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000003'] })
  userId!: string;

  @ApiProperty({ examples: ['Ana Ionescu'] })
  name!: string;

  @ApiProperty({ examples: ['agent'] })
  role!: string;

  @ApiProperty({ examples: [2], description: 'Conversations that are assigned to this user now.' })
  openConversations!: number;

  @ApiProperty({ examples: [4], description: 'How often this user had a conversation of this customer when it was answered.' })
  answers!: number;

  @ApiProperty({ enum: ['history', 'load'], description: 'history: the customer knows this user; load: this user has least to do.' })
  reason!: AssigneeReason;

  @ApiProperty({ examples: ['Answered this customer 4 times; has 2 conversations.'] })
  detail!: string;
}

/** Best first. */
export class AssigneesView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Who should take it; null where there is no active user.', examples: ['0199a1b2-0000-7000-8000-000000000003'] })
  suggested!: string | null;

  @ApiProperty({ type: [AssigneeView] })
  data!: AssigneeView[];
}

/** What somebody wrote about a conversation for the others; customers never see it. */
export class NoteView {
  @ApiProperty({ format: 'uuid', examples: [ID] })
  id!: string;

  @ApiProperty({ examples: ['user:auth0|5f7c8ec7c33c6c004bbafe82'], description: 'The person or the key that wrote it.' })
  author!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, examples: [null], description: 'The user who wrote it; null where it was an app.' })
  authorId!: string | null;

  @ApiProperty({ examples: ['Wants the table at the window; nuts are out.'] })
  text!: string;

  @ApiProperty({ format: 'date-time', examples: [AT] })
  at!: string;
}

/** Something that happened to a conversation. */
export class MomentView {
  @ApiProperty({ format: 'uuid', examples: [ID] })
  id!: string;

  @ApiProperty({ enum: ['opened', 'note', ...CONVERSATION_EVENTS] })
  type!: string;

  @ApiProperty({ examples: ['user:auth0|5f7c8ec7c33c6c004bbafe82'], description: 'A person, a key, `customer`, `staff` (an answer by hand), or `system`.' })
  actor!: string;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, examples: [{ from: null, assignee: '0199a1b2-0000-7000-8000-000000000003', state: 'ASSIGNED' }] })
  detail!: object | null;

  @ApiProperty({ format: 'date-time', examples: [AT] })
  at!: string;
}

export function assigneeView({ userId, name, role, open, answers, reason }: Assignee & { reason: AssigneeReason }): AssigneeView {
  const has = `has ${plural(open, 'conversation')}.`;
  const detail = answers > 0 ? `Answered this customer ${plural(answers, 'time')}; ${has}` : `Never answered this customer; ${has}`;
  return { userId, name, role, openConversations: open, answers, reason, detail };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const noteView = ({ id, author, authorId, text, at }: ConversationNote): NoteView => ({ id, author, authorId, text, at: at.toISOString() });

export const momentView = ({ id, type, actor, detail, at }: ConversationMoment): MomentView => ({ id, type, actor, detail, at: at.toISOString() });
