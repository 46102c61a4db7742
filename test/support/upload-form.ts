import { randomUUID } from 'node:crypto';

/** One part of a form. */
export interface FormPart {
  readonly name: string;
  readonly content: Buffer | string;
  /** Of a file. */
  readonly fileName?: string;
  readonly type?: string;
}

/** A form as it goes over the wire. */
export interface Form {
  readonly raw: Buffer;
  readonly headers: { readonly 'content-type': string };
}

export function formOf(...parts: readonly FormPart[]): Form {
  const boundary = randomUUID();
  const pieces = parts.flatMap(({ name, content, fileName, type }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    return [Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${typed}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')];
  });
  return { raw: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

/** A form with one file, whose name and declared type say as little as they can. */
export const fileForm = (content: Buffer, fileName = 'file', type = 'application/octet-stream'): Form => formOf({ name: 'file', content, fileName, type });
