import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ByteStore } from '../../state/byte-store.js';
import { MediaStore, type Media } from '../../state/media-store.js';
import { GraphError } from '../graph-error.js';
import { TokenAccess } from '../token-access.js';
import { MEDIA_PATH, MediaUrls } from './media-urls.js';
import { UploadMedia } from './upload-media.js';

/** Uploads, and the bytes behind the addresses that GET /{media id} gives out. */
@Controller()
export class MediaController {
  constructor(
    private readonly access: TokenAccess,
    private readonly uploadMedia: UploadMedia,
    private readonly store: MediaStore,
    private readonly bytes: ByteStore,
    private readonly urls: MediaUrls,
  ) {}

  @Post(':phoneNumberId/media')
  @HttpCode(200)
  async upload(
    @Param('phoneNumberId') phoneNumberId: string,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly id: string }> {
    const number = this.access.number(request, phoneNumberId, 'whatsapp_business_messaging');
    if (!request.isMultipart()) {
      throw new GraphError(100, { message: '(#100) The parameter file is required: send a multipart form.' });
    }
    return { id: (await this.uploadMedia.upload(number, request.parts())).id };
  }

  @Get(MEDIA_PATH)
  download(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): void {
    const media = this.opened(request, query);
    if (!media) return void reply.status(404).type('text/plain').send('Not Found');
    void reply
      .headers({ 'content-type': media.mimeType, 'content-length': media.byteCount })
      .send(this.bytes.read(media.path));
  }

  @Delete(':mediaId')
  remove(
    @Param('mediaId') mediaId: string,
    @Req() request: FastifyRequest,
    @Query('phone_number_id') phoneNumberId?: string,
  ): { readonly success: true } {
    this.store.remove(this.access.media(request, mediaId, phoneNumberId));
    return { success: true };
  }

  /** Meta answers 404 alike for an address that has run out, a token that is missing, and one of somebody else. */
  private opened(request: FastifyRequest, query: Readonly<Record<string, string | undefined>>): Media | undefined {
    const id = this.urls.read(query);
    if (id === undefined) return undefined;
    try {
      return this.access.media(request, id);
    } catch (error) {
      if (error instanceof GraphError) return undefined;
      throw error;
    }
  }
}
