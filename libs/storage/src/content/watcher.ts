/** Looks at all bytes of a file for what its first ones cannot tell. */
export interface Watcher {
  see(chunk: Buffer): void;
  /** After the last byte: the MIME type; undefined for a content that is not what it began as. */
  end(): string | undefined;
}
