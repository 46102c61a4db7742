import { fileTypeFromBuffer } from 'file-type';

/** How much of a file is looked at to tell its type: enough for the first entries of an Office document. */
export const HEAD_BYTES = 64 * 1024;

/** The container of Office documents of before 2007; which program's it is stands further in. */
export const OLD_OFFICE = 'application/x-cfb';

/** Names of the same type that are in use beside Meta's. */
const META_NAMES: Readonly<Record<string, string>> = {
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
};

/**
 * The MIME type that the first bytes of a file show, under Meta's name; undefined where nothing in them shows one, as in
 * plain text.
 */
export async function sniffType(head: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(head);
  return found && (META_NAMES[found.mime] ?? found.mime);
}
