import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CONVERSATION_PRIORITIES, type ConversationPriority } from '@parley/domain';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, IsUUID, Length, ValidateIf } from 'class-validator';
import { Optional } from '../http/optional.js';

const OWN_ID_LENGTH = 128;
const TAG_LENGTH = 63;
const MOST_TAGS = 20;
const NOTE_LENGTH = 10_000;
const USER_ID = '0199a1b2-0000-7000-8000-000000000003';

const isSaid = (_: object, value: unknown): boolean => value !== null;
const isGiven = (_: object, value: unknown): boolean => value !== null && value !== undefined;

/** Whose a conversation becomes. */
export class AssignConversationBody {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, examples: [USER_ID], description: 'One of your active users; null: nobody, it is open to all again.' })
  @ValidateIf(isSaid)
  @IsUUID()
  userId!: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    examples: [null],
    description: 'Only where this user has it now (null: nobody), so that of two who take it at once one is told. Without it, whoever has it.',
  })
  @ValidateIf(isGiven)
  @IsUUID()
  from?: string | null;
}

/** What people say of a conversation; what is missing stays. */
export class ChangeConversationBody {
  @ApiPropertyOptional({ enum: CONVERSATION_PRIORITIES, examples: ['HIGH'] })
  @Optional()
  @IsIn(CONVERSATION_PRIORITIES)
  priority?: ConversationPriority;

  @ApiPropertyOptional({ type: [String], maxItems: MOST_TAGS, examples: [['allergy', 'terrace']], description: 'All of them; those before are replaced.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(MOST_TAGS)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, TAG_LENGTH, { each: true })
  tags?: string[];

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: OWN_ID_LENGTH, examples: ['C-1042'], description: 'Your own id of the customer, for this conversation; null clears it.' })
  @ValidateIf(isGiven)
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string | null;
}

/** What agents tell each other. */
export class AddNoteBody {
  @ApiProperty({ minLength: 1, maxLength: NOTE_LENGTH, examples: ['Wants the table at the window; nuts are out.'] })
  @IsString()
  @Length(1, NOTE_LENGTH)
  text!: string;
}
