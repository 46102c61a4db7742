import type { MediaRow } from './media.view.js';

/** What a browser shows without running anything of it. Not SVG, which is a program; not HTML. */
const SHOWN = /^(image\/(jpeg|png|webp|gif|heic|heif|avif)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf)$/;
/** A name that every reader takes as it is. */
const PLAIN_NAME = /^[\w. -]+$/;

/** The headers of a content. What somebody sent is only ever shown or saved, never run, whatever it turns out to be. */
export function mediaHeaders(row: MediaRow): Record<string, string> {
  const mimeType = row.mimeType ?? 'application/octet-stream';
  const essence = mimeType.split(';', 1)[0] ?? '';
  return {
    'content-type': essence === 'text/plain' ? 'text/plain; charset=utf-8' : mimeType,
    'content-length': String(row.bytes ?? 0),
    'content-disposition': disposition(SHOWN.test(essence) ? 'inline' : 'attachment', row.fileName ?? row.id),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-site',
    'accept-ranges': 'none',
    // It may be deleted: every use asks first, which costs no bytes where nothing changed.
    'cache-control': 'private, no-cache',
    etag: etagOf(row),
  };
}

/** A content never changes under its hash. */
export function etagOf({ sha256, id }: Pick<MediaRow, 'sha256' | 'id'>): string {
  return `"${sha256 ? Buffer.from(sha256).toString('hex') : id}"`;
}

/** Whether the caller has this content already (RFC 9110, 13.1.2). */
export function isKnown(row: MediaRow, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etagOf(row));
}

/** RFC 6266: a name that is not plain stands there twice, the second time in UTF-8 (RFC 8187). */
function disposition(kind: 'inline' | 'attachment', fileName: string): string {
  if (PLAIN_NAME.test(fileName)) return `${kind}; filename="${fileName}"`;
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
