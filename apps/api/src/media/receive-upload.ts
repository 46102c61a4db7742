import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import { slowArrivals } from '../http/slow-arrivals.js';
import { discardRest, notMultipart } from './install-uploads.js';
import { UploadMedia, type UploadedFile } from './upload-media.js';

/** 100 MB at 1.4 Mbit/s. Other requests have half a minute to arrive. */
const ARRIVAL_MS = 10 * 60_000;

/** One request that carries a file: the time that it may take, and what becomes of the rest of a form that is refused. */
@Injectable()
export class ReceiveUpload {
  constructor(private readonly uploads: UploadMedia) {}

  /** @throws media-type.unsupported, request.timeout, and as UploadMedia */
  async receive(tenantId: TenantId, request: FastifyRequest): Promise<UploadedFile> {
    if (!request.isMultipart()) throw notMultipart();
    const { raw } = request;
    slowArrivals.add(raw.socket);
    const timer = setTimeout(() => raw.destroy(new DomainError('request.timeout')), ARRIVAL_MS);
    try {
      return await this.uploads.upload(tenantId, request.parts());
    } catch (error) {
      discardRest(request);
      throw error;
    } finally {
      clearTimeout(timer);
      slowArrivals.delete(raw.socket);
    }
  }
}
