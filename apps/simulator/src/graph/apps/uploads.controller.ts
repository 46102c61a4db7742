import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Apps } from '../../state/apps.js';
import { ByteStore } from '../../state/byte-store.js';
import { Uploads, type UploadSession } from '../../state/uploads.js';
import { GraphError, unknownObject } from '../graph-error.js';
import { MAX_UPLOAD_BYTES } from '../media/media-kinds.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';

/** The route of a session: its whole id starts with `upload:`. */
const SESSION = ':session(^upload:.+)';

const FILE_TYPES = /^(image\/(jpe?g|png)|video\/(mp4|3gpp)|application\/pdf|text\/plain)$/;

/** Resumable uploads: a session for a file, then its bytes, then a handle that templates and profiles take. */
@Controller()
export class UploadsController {
  constructor(
    private readonly access: TokenAccess,
    private readonly apps: Apps,
    private readonly uploads: Uploads,
    private readonly bytes: ByteStore,
  ) {}

  @Post(':appId/uploads')
  @HttpCode(200)
  begin(@Param('appId') appId: string, @Req() request: FastifyRequest): { readonly id: string } {
    const { grant, app } = this.access.caller(request);
    const ownApp = app ?? this.access.appOf(grant);
    if (!this.apps.find(appId) || ownApp?.appId !== appId) throw unknownObject(request.method, appId);
    const { file_length: length, file_type: type } = parametersOf(request);
    const fileLength = Number(length);
    if (!Number.isInteger(fileLength) || fileLength < 1 || fileLength > MAX_UPLOAD_BYTES) {
      throw new GraphError(100, { message: `(#100) Param file_length must be 1 to ${MAX_UPLOAD_BYTES}` });
    }
    if (typeof type !== 'string' || !FILE_TYPES.test(type)) {
      throw new GraphError(100, {
        message: '(#100) Param file_type must be one of {application/pdf, image/jpeg, image/jpg, image/png, video/mp4}',
      });
    }
    return { id: this.uploads.begin({ appId, fileType: type, fileLength }).id };
  }

  /** How far a session is. Bytes that broke off are dropped, so that it is always at its beginning. */
  @Get(SESSION)
  state(
    @Param('session') session: string,
    @Req() request: FastifyRequest,
  ): { readonly id: string; readonly file_offset: 0 } {
    return { id: this.session(request, session).id, file_offset: 0 };
  }

  @Post(SESSION)
  @HttpCode(200)
  async finish(@Param('session') id: string, @Req() request: FastifyRequest): Promise<{ readonly h: string }> {
    const session = this.session(request, id);
    if (request.headers['file_offset'] !== '0') {
      throw new GraphError(100, { message: '(#100) The header file_offset has to be 0: nothing was taken so far.' });
    }
    const stored = await this.bytes.write(atMost(request.raw, session.fileLength));
    if (stored.byteCount === session.fileLength) return { h: this.uploads.finish(session, stored).handle };
    this.bytes.drop(stored.path);
    throw wrongLength(session.fileLength);
  }

  private session(request: FastifyRequest, id: string): UploadSession {
    this.access.caller(request);
    const session = this.uploads.find(id);
    if (!session) throw unknownObject(request.method, id);
    return session;
  }
}

async function* atMost(source: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let taken = 0;
  for await (const chunk of source) {
    taken += chunk.length;
    if (taken > length) throw wrongLength(length);
    yield chunk;
  }
}

function wrongLength(length: number): GraphError {
  return new GraphError(100, { message: `(#100) The upload was announced with ${length} bytes` });
}
