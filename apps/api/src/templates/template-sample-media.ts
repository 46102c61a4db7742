import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import {
  DomainError,
  isMediaId,
  mimeEssence,
  sampleFault,
  templateSamples,
  withSampleHandles,
  type FieldError,
  type MediaFact,
  type SampleReference,
  type TenantId,
} from '@parley/domain';
import { GraphClient, WhatsAppError } from '@parley/graph';
import { Config } from '@parley/platform';
import { MediaStorage, StoredFileMissing } from '@parley/storage';
import { NumberAtMeta } from '../numbers/number-at-meta.js';
import type { OpenedTemplate } from './own-templates.js';
import { templateRefusal } from './template-refusal.js';

/** A media as it is uploaded. */
interface SampleFile extends MediaFact {
  readonly bytes: bigint | null;
  readonly fileName: string | null;
  readonly storageKey: string | null;
}

const FILE = { id: true, kind: true, state: true, mimeType: true, bytes: true, fileName: true, storageKey: true } as const;

/**
 * The samples of media headers that a tenant names by its own media. Meta takes handles of uploads, which last for a while
 * only: so each call to Meta gets new ones, and none is kept.
 */
@Injectable()
export class TemplateSampleMedia {
  constructor(
    private readonly db: TenantDb,
    private readonly storage: MediaStorage,
    private readonly graph: GraphClient,
    private readonly meta: NumberAtMeta,
    private readonly config: Config,
  ) {}

  /** Refuses components that name a media which cannot be a sample. @throws media.not-found, media.kind-mismatch */
  async check(tenantId: TenantId, components: readonly unknown[]): Promise<void> {
    await this.find(tenantId, templateSamples(components));
  }

  /**
   * The components as Meta takes them: each named media is uploaded, once, and its handle stands in its place.
   * @throws media.not-found, media.kind-mismatch, credential.invalid, template.refused, graph.unavailable, storage.unavailable
   */
  async handOver(opened: Pick<OpenedTemplate, 'tenantId' | 'accessToken'>, components: readonly unknown[]): Promise<readonly unknown[]> {
    const samples = templateSamples(components);
    if (samples.length === 0) return components;
    const files = await this.find(opened.tenantId, samples);
    const target = { token: opened.accessToken, appId: await this.appOf(opened.accessToken) };
    const handles = new Map<string, string>();
    for (const file of files) handles.set(file.id, await this.upload(file, target, samples));
    return withSampleHandles(components, handles);
  }

  private async find(tenantId: TenantId, samples: readonly SampleReference[]): Promise<SampleFile[]> {
    if (samples.length === 0) return [];
    const ids = samples.map(({ id }) => id.toLowerCase()).filter(isMediaId);
    const files = await this.db.run(tenantId, (tx) => tx.media.findMany({ where: { tenantId, id: { in: ids } }, select: FILE }));
    const faults = samples.flatMap((sample) => {
      const fault = sampleFault(sample, files);
      return fault ? [{ ...fault, pointer: sample.pointer }] : [];
    });
    const [first] = faults;
    if (first) throw refusal(first.code, faults);
    return files;
  }

  /** Uploads belong to an app, and only to that of the token. Where Meta does not tell which it is, it is taken for the platform's. */
  private async appOf(token: string): Promise<string> {
    return (await this.meta.appOf(token)) ?? this.config.META_APP_ID;
  }

  private async upload(file: SampleFile, target: { token: string; appId: string }, samples: readonly SampleReference[]): Promise<string> {
    const { id, fileName, bytes, mimeType, storageKey } = file;
    try {
      const body = await this.storage.get(storageKey ?? id);
      return await this.graph.uploadSample({ ...target, mimeType: mimeEssence(mimeType ?? ''), fileName: fileName ?? id, bytes: Number(bytes), body });
    } catch (error) {
      if (error instanceof StoredFileMissing) throw gone(samples.filter((sample) => sample.id.toLowerCase() === id));
      throw error instanceof WhatsAppError ? templateRefusal(error) : error;
    }
  }
}

function gone(samples: readonly SampleReference[]): DomainError {
  const detail = 'The content of the media is not in the storage any more.';
  return refusal('media.not-found', samples.map(({ pointer }) => ({ pointer, code: 'media.not-found', detail })));
}

/** Several faults are told one by one below the title of the first one's code. */
function refusal(code: 'media.not-found' | 'media.kind-mismatch', errors: readonly FieldError[]): DomainError {
  return new DomainError(code, errors.length === 1 ? errors[0]?.detail : undefined, { errors });
}
