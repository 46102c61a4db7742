const HEADER = Buffer.from('OpusHead');
const CHANNELS_AFTER = 9;

/** The channels of an Ogg Opus (RFC 7845, 5.1); undefined where its header is cut. */
export function opusChannels(head: Buffer): number | undefined {
  const at = head.indexOf(HEADER);
  return at < 0 ? undefined : head[at + CHANNELS_AFTER];
}
