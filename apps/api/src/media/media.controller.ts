import { Controller, Delete, Get, Headers, HttpCode, HttpStatus, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { DeleteMedia } from './delete-media.js';
import { isKnown, mediaHeaders } from './media-headers.js';
import { MediaView } from './media.view.js';
import { ReadMedia } from './read-media.js';
import { ReceiveUpload } from './receive-upload.js';

const FORM = {
  type: 'object',
  required: ['file'],
  properties: {
    numberId: { type: 'string', format: 'uuid', description: 'Takes the file to WhatsApp at once, for this number. Before the file.' },
    file: { type: 'string', format: 'binary', description: 'One file. Its type is told from its content.' },
  },
};

/** Files: those to be sent, and those that customers sent. */
@ApiTags('media')
@Controller('media')
export class MediaController {
  constructor(
    private readonly uploads: ReceiveUpload,
    private readonly media: ReadMedia,
    private readonly deletion: DeleteMedia,
  ) {}

  @Post()
  @RouteConfig({ takesFile: true })
  @RequireScope('media:write')
  @ApiOperation({
    operationId: 'uploadMedia',
    summary: 'Upload a file to be sent',
    description: 'Image: JPEG, PNG to 5 MB. Video: MP4, 3GP to 16 MB. Audio: AAC, AMR, MP3, M4A, OGG (Opus, mono) to 16 MB. Document: text, PDF, Office to 100 MB. Sticker: WebP 512 x 512 to 100 KB, moving to 500 KB. The same content is kept once.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: FORM })
  @ApiCreatedResponse({ type: MediaView, description: 'Stored.' })
  @ApiOkResponse({ type: MediaView, description: 'This content was stored before; it is the same media.' })
  @ApiResponse({ status: 502, description: 'With numberId: the file is stored, but WhatsApp did not take it; the same request tries again.' })
  async upload(@CurrentTenant() tenantId: TenantId, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<MediaView> {
    const { media, isNew } = await this.uploads.receive(tenantId, request);
    void reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return media;
  }

  @Get(':id')
  @RequireScope('media:read')
  @ApiOperation({ operationId: 'getMediaContent', summary: 'Download a file' })
  @ApiProduces('*/*')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' }, description: 'The content, with its own type.', headers: { ETag: { description: 'Its SHA-256.', schema: { type: 'string' } } } })
  @ApiResponse({ status: 304, description: 'The content is the one of If-None-Match.' })
  @ApiResponse({ status: 409, description: 'It is still being fetched from WhatsApp; see Retry-After.' })
  @ApiResponse({ status: 410, description: 'It could not be fetched, or was deleted; detail says why.' })
  async content(
    @CurrentTenant() tenantId: TenantId,
    @Id() id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const row = await this.media.stored(tenantId, id);
    const { 'content-length': length = '', ...headers } = mediaHeaders(row);
    if (isKnown(row, ifNoneMatch)) {
      void reply.status(HttpStatus.NOT_MODIFIED).headers(headers);
      return undefined;
    }
    const content = await this.media.open(row);
    void reply.headers({ ...headers, 'content-length': length });
    return new StreamableFile(content);
  }

  @Get(':id/info')
  @RequireScope('media:read')
  @ApiOperation({ operationId: 'getMedia', summary: 'See what a file is, and whether it is there' })
  @ApiOkResponse({ type: MediaView })
  info(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<MediaView> {
    return this.media.view(tenantId, id);
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('media:write')
  @ApiOperation({ operationId: 'deleteMedia', summary: 'Delete a file', description: 'Its content is gone. Messages that wait to send it fail; those that were sent keep it at WhatsApp.' })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  delete(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<void> {
    return this.deletion.delete(tenantId, id);
  }
}
