import { Controller, Get, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { interval, map, merge, type Observable } from 'rxjs';
import { Chat } from '../feed/chat.dto.js';
import { EventFeed } from '../feed/event-feed.js';
import * as events from '../feed/feed-event.dto.js';
import { ChatQueryDto } from './dto/customer.dto.js';
import { ReadChat } from './read-chat.js';

/** Proxies and browsers give a silent stream up. */
const HEARTBEAT_MS = 15_000;

/** What a phone shows, and the stream of what changes in it. */
@ApiTags('Chats')
@Controller('control')
export class ChatsControlController {
  constructor(
    private readonly feed: EventFeed,
    private readonly readChat: ReadChat,
  ) {}

  /** Named events with JSON data; `heartbeat` each 15 seconds. */
  @ApiOperation({
    operationId: 'stream',
    summary: 'Server-sent events of everything that happens',
    description:
      'Events: `message`, `status`, `typing`, `template`, `delivery`, `reset`, and `heartbeat` each 15 seconds.',
  })
  @ApiExtraModels(
    events.MessageEvent,
    events.StatusEvent,
    events.TypingEvent,
    events.TemplateEvent,
    events.DeliveryEvent,
    events.ResetEvent,
  )
  @Sse('stream')
  stream(): Observable<MessageEvent> {
    return merge(this.feed.events(), interval(HEARTBEAT_MS).pipe(map(() => ({ type: 'heartbeat', data: {} }))));
  }

  @ApiOperation({ operationId: 'getChat', summary: 'A chat as the customer sees it' })
  @ApiOkResponse({ type: Chat })
  @Get('customers/:phone/chat')
  chat(@Param('phone') phone: string, @Query() { number }: ChatQueryDto): Chat {
    return this.readChat.read(phone, number);
  }
}
