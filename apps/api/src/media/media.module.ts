import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { DeleteMedia } from './delete-media.js';
import { MediaController } from './media.controller.js';
import { NumberUploads } from './number-uploads.js';
import { ReadMedia } from './read-media.js';
import { ReceiveUpload } from './receive-upload.js';
import { UploadMedia } from './upload-media.js';

@Module({
  imports: [GraphModule],
  controllers: [MediaController],
  providers: [ReceiveUpload, UploadMedia, NumberUploads, ReadMedia, DeleteMedia],
})
export class MediaModule {}
