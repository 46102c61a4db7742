import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { findVoiceFile, SystemDb, type VoiceFile } from '@parley/data';
import { dropInvalidText, mimeEssence, objectOf, type TranscribeStep } from '@parley/domain';
import { Config } from '@parley/platform';
import { MediaStorage, StoredFileMissing } from '@parley/storage';
import { Endpoints, jsonOf } from './endpoints.js';
import { StepFailed } from './step-failed.js';
import { StepSecrets } from './step-secrets.js';
import type { StepResult, StepWork } from './step-work.js';

/** How long a file may be on its way from Meta. */
const PATIENCE_MS = 2 * 60_000;
/** Meta: an audio has at most 16 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
const LONGEST_TEXT = 20_000;
/** Endpoints tell the format by the name of the file. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/wav': 'wav',
};

interface Target {
  url: string;
  model: string;
  key: string | null;
}

/** Makes text of a voice note, over an OpenAI-compatible POST /audio/transcriptions. */
@Injectable()
export class TranscribeVoice {
  constructor(
    private readonly db: SystemDb,
    private readonly endpoints: Endpoints,
    private readonly secrets: StepSecrets,
    private readonly storage: MediaStorage,
    private readonly config: Config,
  ) {}

  /** @throws StepFailed, storage.unavailable */
  async run(work: StepWork<TranscribeStep>, signal: AbortSignal): Promise<StepResult> {
    const { run, step, row } = work;
    const mediaId = row.mediaId!;
    const file = await findVoiceFile(this.db, run.tenantId, mediaId);
    if (file?.state === 'PENDING') {
      if (row.now.getTime() - run.createdAt.getTime() > PATIENCE_MS) throw new StepFailed('media-late');
      return { end: 'wait', mediaId };
    }
    if (file?.state !== 'STORED') throw new StepFailed('media-failed');
    const target = await this.target(work);
    const form = await this.form(file, target.model, step.language);
    const headers = { 'content-type': form.type, ...(target.key !== null && { authorization: `Bearer ${target.key}` }) };
    const call = { tenantId: run.tenantId, step, url: `${target.url}/audio/transcriptions`, isOperators: !step.endpoint, headers, body: form.body };
    return resultOf(objectOf(jsonOf(await this.endpoints.post(call, signal))), step.language);
  }

  private async target({ run, step }: StepWork<TranscribeStep>): Promise<Target> {
    const { TRANSCRIPTION_URL, TRANSCRIPTION_KEY, TRANSCRIPTION_MODEL } = this.config;
    if (step.endpoint) {
      const url = step.endpoint.url.replace(/\/+$/, '');
      return { url, model: step.endpoint.model ?? TRANSCRIPTION_MODEL, key: await this.secrets.find(run.tenantId, step.id, url) };
    }
    if (TRANSCRIPTION_URL === undefined) throw new StepFailed('not-configured');
    return { url: TRANSCRIPTION_URL, model: TRANSCRIPTION_MODEL, key: TRANSCRIPTION_KEY ?? null };
  }

  private async form({ storageKey, mimeType, bytes }: VoiceFile, model: string, language: string | undefined): Promise<{ type: string; body: Uint8Array }> {
    if (bytes === null || bytes > MAX_BYTES) throw new StepFailed('media-too-large');
    const type = mimeEssence(mimeType ?? 'audio/ogg');
    const form = new FormData();
    form.set('file', new Blob([await this.read(storageKey!)], { type }), `voice.${ENDINGS[type] ?? 'ogg'}`);
    form.set('model', model);
    form.set('response_format', 'json');
    if (language !== undefined) form.set('language', language);
    // A response writes the form as it travels.
    const written = new Response(form);
    return { type: written.headers.get('content-type')!, body: new Uint8Array(await written.arrayBuffer()) };
  }

  private async read(storageKey: string): Promise<Buffer<ArrayBuffer>> {
    try {
      return (await buffer(await this.storage.get(storageKey))) as Buffer<ArrayBuffer>;
    } catch (error) {
      if (error instanceof StoredFileMissing) throw new StepFailed('media-failed', { cause: error });
      throw error;
    }
  }
}

function resultOf({ text, language }: Readonly<Record<string, unknown>>, asked: string | undefined): StepResult {
  if (typeof text !== 'string') throw new StepFailed('answer-invalid');
  const transcript = dropInvalidText(text.slice(0, LONGEST_TEXT)).trim();
  // Some endpoints name the language in words; only a code is of use.
  const heard = typeof language === 'string' && /^[a-z]{2,3}$/.test(language) ? language : (asked ?? null);
  if (transcript === '') return { end: 'passed', reason: 'nothing-said' };
  return { end: 'passed', reason: 'transcribed', learnt: { transcript }, detail: { language: heard } };
}
