import { Injectable } from '@nestjs/common';
import { isJsonObject, type JsonObject } from '../../json.js';
import type { BusinessNumber } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { MediaStore } from '../../state/media-store.js';
import { GraphError } from '../graph-error.js';
import { MEDIA_KINDS, mediaKind, type MediaKind } from './media-kinds.js';

const MEDIA_UPLOAD_ERROR = 131053;

/** A file that a message names by its id, and what the message takes it for. */
interface SentMedia {
  readonly id: string;
  readonly kind: MediaKind;
}

/** Looks up the media that messages name by id. */
@Injectable()
export class CheckSentMedia {
  constructor(
    private readonly store: MediaStore,
    private readonly accounts: Accounts,
  ) {}

  /**
   * @returns 131053 for a file that is of another kind than the message says, or than it says itself: Meta finds that out
   *   after it took the message; else null
   * @throws GraphError 100 for an id that has run out, was never given out, or belongs to another account
   */
  failure(number: BusinessNumber, body: JsonObject): number | null {
    let failure: number | null = null;
    for (const { id, kind } of mediaIn(body)) {
      const media = this.store.find(id);
      const owner = media && this.accounts.findNumber(media.phoneNumberId);
      if (!media || owner?.wabaId !== number.wabaId) {
        throw new GraphError(100, {
          message: '(#100) Invalid parameter',
          details: `Media ID ${id} does not exist, has expired, or belongs to another phone number.`,
        });
      }
      // Anything may be sent as a document.
      const isOfKind = kind === 'document' || mediaKind(media.mimeType) === kind;
      if (!isOfKind || media.isMislabelled) failure = MEDIA_UPLOAD_ERROR;
    }
    return failure;
  }
}

/** Every file that is named by its id: in the message itself, in headers, in parameters and on cards. */
function* mediaIn(value: unknown): Generator<SentMedia> {
  if (Array.isArray(value)) {
    for (const item of value) yield* mediaIn(item);
    return;
  }
  if (!isJsonObject(value)) return;
  const { type } = value;
  const kind = MEDIA_KINDS.find((one) => one === type) ?? (type === 'gif' ? 'video' : undefined);
  const media = kind && value[String(type)];
  if (kind && isJsonObject(media) && typeof media['id'] === 'string') yield { id: media['id'], kind };
  for (const inner of Object.values(value)) yield* mediaIn(inner);
}
