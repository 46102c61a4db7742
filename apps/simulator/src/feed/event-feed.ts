import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import type { FeedEventName, FeedEvents } from './feed-event.dto.js';

/** One event as the stream sends it: its name, and its data as JSON. */
export interface FeedMessage {
  readonly type: FeedEventName;
  readonly data: object;
}

/** Tells whoever listens what happens. Nothing is kept: who comes later reads the chats. */
@Injectable()
export class EventFeed {
  private readonly subject = new Subject<FeedMessage>();

  /** Whether anybody listens; what is told is only made then. */
  get isWatched(): boolean {
    return this.subject.observed;
  }

  publish<Name extends FeedEventName>(type: Name, data: FeedEvents[Name]): void {
    this.subject.next({ type, data });
  }

  /** Everything from now on. */
  events(): Observable<FeedMessage> {
    return this.subject.asObservable();
  }
}
