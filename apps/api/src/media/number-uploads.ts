import { Injectable } from '@nestjs/common';
import { findSendable, saveUpload, SystemDb, TenantDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { GraphClient, WhatsAppError } from '@parley/graph';
import { CredentialSource } from '@parley/messaging';
import { MediaStorage } from '@parley/storage';
import { graphRefusal } from '../numbers/graph-refusal.js';

/** A number of a tenant for which a media goes to Meta, and what opens its account. */
export interface UploadTarget {
  readonly tenantId: TenantId;
  readonly numberId: string;
  readonly graphId: string;
  readonly token: string;
}

/** Takes media to Meta before any message asks for them, so that the first one leaves without waiting. */
@Injectable()
export class NumberUploads {
  constructor(
    private readonly tenants: TenantDb,
    private readonly db: SystemDb,
    private readonly graph: GraphClient,
    private readonly storage: MediaStorage,
    private readonly credentials: CredentialSource,
  ) {}

  /** @throws number.not-found */
  async target(tenantId: TenantId, numberId: string): Promise<UploadTarget> {
    const where = { tenantId_id: { tenantId, id: numberId } };
    const number = await this.tenants.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, select: { graphId: true, accountId: true } }));
    if (!number) {
      throw new DomainError('number.not-found', undefined, {
        errors: [{ pointer: '/numberId', code: 'number.not-found', detail: 'None of your numbers has this id.' }],
      });
    }
    const token = await this.credentials.accessToken({ tenantId, accountId: number.accountId });
    return { tenantId, numberId, graphId: number.graphId, token };
  }

  /** Uploads the media, unless Meta has it for this number. @throws graph.refused, graph.unavailable, credential.invalid */
  async upload(target: UploadTarget, mediaId: string): Promise<void> {
    const { token, graphId: phoneNumberId } = target;
    const media = (await findSendable(this.db, target, [mediaId]))[0];
    if (!media || media.graphId !== null || media.storageKey === null || media.mimeType === null) return;
    const [mimeType = ''] = media.mimeType.split(';', 1);
    const body = await this.storage.get(media.storageKey);
    try {
      const file = { mimeType, fileName: media.fileName ?? mediaId, bytes: media.bytes ?? 0, body };
      const { id } = await this.graph.uploadMedia({ token, phoneNumberId, ...file });
      await saveUpload(this.db, target, mediaId, id);
    } catch (error) {
      throw error instanceof WhatsAppError ? graphRefusal(error) : error;
    }
  }
}
