import type { Multipart } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { MediaKind } from '../feed/chat.dto.js';
import { MediaUrls } from '../graph/media/media-urls.js';
import { ByteStore, type StoredBytes } from '../state/byte-store.js';
import { MediaStore } from '../state/media-store.js';
import { ControlProblem } from './control-problem.js';
import type { InboundFile } from './inbound-content.js';
import { SAMPLE_FILES } from './sample-files.js';

/** The file of a form, and what its other fields say. */
export interface CustomerForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly stored: StoredBytes; readonly mimeType: string; readonly filename: string };
}

/** The files that customers send: their own, or a sample. Businesses can fetch them from Graph for 7 days. */
@Injectable()
export class CustomerFiles {
  constructor(
    private readonly store: MediaStore,
    private readonly bytes: ByteStore,
    private readonly urls: MediaUrls,
  ) {}

  /** A small file of that kind. */
  async sample(phoneNumberId: string, kind: MediaKind): Promise<InboundFile> {
    const { bytes, mimeType, filename } = SAMPLE_FILES[kind];
    return this.keep(phoneNumberId, { stored: await this.bytes.write([bytes]), mimeType, filename });
  }

  /** Reads a form with one file as it streams. @throws ControlProblem for one without */
  async read(parts: AsyncIterable<Multipart>): Promise<CustomerForm> {
    const fields: Record<string, string> = {};
    let file: CustomerForm['file'] | undefined;
    for await (const part of parts) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value);
      else if (file) part.file.resume();
      else file = { stored: await this.bytes.write(part.file), mimeType: part.mimetype, filename: part.filename };
    }
    if (file) return { fields, file };
    throw new ControlProblem(400, 'file.missing', 'Send a multipart form with a part that is a file.');
  }

  /** Gives the bytes an id that the number can look up. */
  keep(phoneNumberId: string, { stored, mimeType, filename }: CustomerForm['file']): InboundFile {
    const media = this.store.keep(stored, { phoneNumberId, source: 'customer', mimeType });
    return { id: media.id, url: this.urls.of(media), mimeType, sha256: media.sha256, filename };
  }
}
