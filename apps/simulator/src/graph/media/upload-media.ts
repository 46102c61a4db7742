import type { Multipart } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import { fileTypeFromBuffer } from 'file-type';
import type { BusinessNumber } from '../../state/account.js';
import { ByteStore, type StoredBytes } from '../../state/byte-store.js';
import { MediaStore, type Media } from '../../state/media-store.js';
import { GraphError } from '../graph-error.js';
import { requireProduct } from '../validation/send-request.js';
import { bareType, maxBytes, mediaKind, MEDIA_TYPES } from './media-kinds.js';

/** The `file` part of an upload. */
interface FilePart {
  readonly stored: StoredBytes;
  readonly mimeType: string;
  /** Whether it had more than the largest file that there may be. */
  readonly isCut: boolean;
}

/** What an upload brought, in whatever order. */
interface Form {
  readonly fields: Record<string, unknown>;
  file?: FilePart;
}

/** Takes in a multipart upload as it streams. */
@Injectable()
export class UploadMedia {
  constructor(
    private readonly bytes: ByteStore,
    private readonly store: MediaStore,
  ) {}

  /** @throws GraphError 100 for a form or a type that is not taken, 131053 for a file that is too large or empty */
  async upload(number: BusinessNumber, parts: AsyncIterable<Multipart>): Promise<Media> {
    const form: Form = { fields: {} };
    try {
      for await (const part of parts) await this.take(form, part);
      const { file, mimeType } = readForm(form);
      const isMislabelled = await contradicts(file.stored, mimeType);
      return this.store.keep(file.stored, { phoneNumberId: number.id, source: 'upload', mimeType, isMislabelled });
    } catch (error) {
      if (form.file) this.bytes.drop(form.file.stored.path);
      throw error;
    }
  }

  private async take(form: Form, part: Multipart): Promise<void> {
    if (part.type === 'field') {
      form.fields[part.fieldname] = part.value;
    } else if (part.fieldname === 'file' && !form.file) {
      const stored = await this.bytes.write(part.file);
      form.file = { stored, mimeType: part.mimetype, isCut: part.file.truncated };
    } else {
      part.file.resume();
    }
  }
}

function readForm({ fields, file }: Form): { file: FilePart; mimeType: string } {
  requireProduct(fields);
  if (!file) throw new GraphError(100, { message: '(#100) The parameter file is required.' });
  // The part's own type counts; `type` stands in where the part says nothing.
  const declared = bareType(file.mimeType);
  const isSilent = declared === '' || declared === 'application/octet-stream';
  const mimeType = isSilent && typeof fields['type'] === 'string' ? bareType(fields['type']) : declared;
  const kind = mediaKind(mimeType);
  if (!kind) {
    throw new GraphError(100, {
      message:
        `(#100) Param file must be a file with one of the following types: ${MEDIA_TYPES.join(', ')}. ` +
        `Received file of type '${mimeType}'.`,
    });
  }
  const max = maxBytes(kind, file.stored);
  if (file.isCut || file.stored.byteCount > max) {
    throw new GraphError(131053, { details: `The ${kind} is too large: at most ${max} bytes are taken.` });
  }
  if (file.stored.byteCount === 0) throw new GraphError(131053, { details: 'The file is empty.' });
  return { file, mimeType };
}

/** Whether the first bytes tell of a picture, a sound or film, or a document where the type tells of another of these. */
async function contradicts({ head }: StoredBytes, mimeType: string): Promise<boolean> {
  const found = await fileTypeFromBuffer(head);
  return found !== undefined && family(found.mime) !== family(mimeType);
}

function family(mimeType: string): string {
  const [top = ''] = mimeType.split('/', 1);
  if (top === 'audio' || top === 'video') return 'timed';
  return top === 'image' ? top : 'document';
}
