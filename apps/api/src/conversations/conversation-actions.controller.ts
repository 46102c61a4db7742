import { Body, Controller, Get, HttpCode, HttpStatus, Patch, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { AddNoteBody, AssignConversationBody, ChangeConversationBody } from './conversation-actions.dto.js';
import { AssigneesView, MomentView, NoteView } from './conversation-actions.view.js';
import { ConversationView } from './conversation.view.js';
import { DescribeConversation } from './describe-conversation.js';
import { SteerConversation } from './steer-conversation.js';

const CONFLICT = { description: 'The state does not allow it; `detail` says what is possible.' };

/** What people do with conversations. */
@ApiTags('conversations')
@RequireScope('conversations:write')
@Controller('conversations/:id')
export class ConversationActionsController {
  constructor(
    private readonly steer: SteerConversation,
    private readonly describe: DescribeConversation,
  ) {}

  @Patch()
  @ApiOperation({ operationId: 'changeConversation', summary: 'Change priority, tags, or your own id of the customer' })
  @ApiOkResponse({ type: ConversationView })
  change(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() body: ChangeConversationBody): Promise<ConversationView> {
    return this.describe.change(caller, id, body);
  }

  @Get('assignees')
  @RequireScope('conversations:read')
  @ApiOperation({ operationId: 'suggestAssignees', summary: 'See who should take a conversation, and why', description: 'By what each user has to do, and by who has answered this customer before.' })
  @ApiOkResponse({ type: AssigneesView })
  assignees(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<AssigneesView> {
    return this.describe.assignees(tenantId, id);
  }

  @Post('assign')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'assignConversation', summary: 'Give a conversation to somebody, or to nobody' })
  @ApiOkResponse({ type: ConversationView })
  @ApiConflictResponse(CONFLICT)
  @ApiUnprocessableEntityResponse({ description: 'There is no such active user.' })
  assign(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() { userId, from }: AssignConversationBody): Promise<ConversationView> {
    return this.steer.assign(caller, id, { userId, from });
  }

  @Post('resolve')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'resolveConversation', summary: 'Say that nothing is left to do', description: 'What still waited for an answer waits no longer. The next message of the customer opens it again, for the same user.' })
  @ApiOkResponse({ type: ConversationView })
  @ApiConflictResponse(CONFLICT)
  resolve(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string): Promise<ConversationView> {
    return this.steer.move(caller, id, 'resolve');
  }

  @Post('reopen')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'reopenConversation', summary: 'Open a resolved conversation again' })
  @ApiOkResponse({ type: ConversationView })
  @ApiConflictResponse(CONFLICT)
  reopen(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string): Promise<ConversationView> {
    return this.steer.move(caller, id, 'reopen');
  }

  @Post('archive')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'archiveConversation', summary: 'Put a resolved conversation away for good', description: 'The next message of the customer opens a new one.' })
  @ApiOkResponse({ type: ConversationView })
  @ApiConflictResponse(CONFLICT)
  archive(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string): Promise<ConversationView> {
    return this.steer.move(caller, id, 'archive');
  }

  @Post('notes')
  @ApiOperation({ operationId: 'addConversationNote', summary: 'Leave a note for the others', description: 'Customers never see notes.' })
  @ApiCreatedResponse({ type: NoteView })
  addNote(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() { text }: AddNoteBody): Promise<NoteView> {
    return this.describe.addNote(caller, id, text);
  }

  @Get('notes')
  @RequireScope('conversations:read')
  @ApiOperation({ operationId: 'listConversationNotes', summary: 'Read the notes of a conversation' })
  @ApiPage(NoteView)
  notes(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: PageQuery): Promise<Page<NoteView>> {
    return this.describe.notes(tenantId, id, query);
  }

  @Get('timeline')
  @RequireScope('conversations:read')
  @ApiOperation({ operationId: 'getConversationTimeline', summary: 'See what happened to a conversation', description: 'Who had it, what became of the service level, and notes; its messages are a list of their own.' })
  @ApiPage(MomentView)
  timeline(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: PageQuery): Promise<Page<MomentView>> {
    return this.describe.timeline(tenantId, id, query);
  }
}
