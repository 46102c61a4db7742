import { unreadable, type GraphCall, type GraphCaller, type GraphQuestion } from './graph-caller.js';
import { query, segment } from './graph-path.js';
import { UploadBody, type FileToUpload } from './upload-body.js';
import type { CreatedNode } from './wire.js';

export interface MediaUpload extends GraphCall, FileToUpload {
  readonly phoneNumberId: string;
}

export interface SampleUpload extends GraphCall, FileToUpload {
  readonly appId: string;
}

/** Uploads a file to be sent by the number; Meta keeps it for 30 days. */
export async function uploadMedia(calls: GraphCaller, upload: MediaUpload): Promise<{ readonly id: string }> {
  const { phoneNumberId, token, signal, ...file } = upload;
  const body = UploadBody.form(file, { messaging_product: 'whatsapp', type: file.mimeType });
  try {
    const path = `/${segment(phoneNumberId)}/media`;
    const question = { endpoint: 'media', method: 'POST', path, token, ...(signal && { signal }) } as const;
    const { id } = await send<CreatedNode>(calls, question, body);
    if (typeof id !== 'string') throw unreadable(question);
    return { id };
  } finally {
    body.release();
  }
}

/**
 * Uploads a sample for a template's header, or a picture for the profile: a session is opened, then the file goes to it
 * in one piece. Answers with the handle that stands for it.
 */
export async function uploadSample(calls: GraphCaller, upload: SampleUpload): Promise<string> {
  const { appId, token, signal, ...file } = upload;
  const body = UploadBody.plain(file);
  const common = { endpoint: 'uploads', method: 'POST', token, ...(signal && { signal }) } as const;
  try {
    const of = query({ file_length: file.bytes, file_type: file.mimeType, file_name: file.fileName });
    const opened = { ...common, path: `/${segment(appId)}/uploads${of}` };
    const { id } = await calls.read<CreatedNode>(opened);
    // The id carries its own signature as a query, so it is no plain segment.
    if (id === undefined || !/^upload:[\w.~:=+-]+(\?[\w.~:=+&%-]*)?$/.test(id)) throw unreadable(opened);
    const headers = { authorization: `OAuth ${token}`, file_offset: '0' };
    const { h: handle } = await send<{ readonly h?: unknown }>(calls, { ...common, path: `/${id}`, headers }, body);
    if (typeof handle !== 'string') throw unreadable(common);
    return handle;
  } finally {
    body.release();
  }
}

/** @throws what broke the file itself, where that is why nothing came of it */
async function send<T extends object>(calls: GraphCaller, question: GraphQuestion, body: UploadBody): Promise<T> {
  try {
    return await calls.read<T>({ ...question, upload: body });
  } catch (error) {
    throw body.fault ?? error;
  }
}
