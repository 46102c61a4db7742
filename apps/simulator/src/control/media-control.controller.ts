import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ByteStore } from '../state/byte-store.js';
import { MediaStore } from '../state/media-store.js';
import { notKnown } from './control-problem.js';

/** The bytes of media, for phones: without token and without running out. */
@ApiTags('Chats')
@Controller('control/media')
export class MediaControlController {
  constructor(
    private readonly store: MediaStore,
    private readonly bytes: ByteStore,
  ) {}

  @ApiOperation({ operationId: 'getMedia', summary: 'The bytes of a media of a message' })
  @ApiOkResponse({ content: { 'application/octet-stream': {} } })
  @Get(':id')
  download(@Param('id') id: string, @Res() reply: FastifyReply): void {
    const media = this.store.find(id);
    if (!media) throw notKnown('media', id);
    void reply
      .headers({
        'content-type': media.mimeType,
        'content-length': media.byteCount,
        // Whatever a customer sent: it is shown, and never run.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'x-content-type-options': 'nosniff',
      })
      .send(this.bytes.read(media.path));
  }
}
