import type { GateRules } from './media-gate.js';
import { admitForSending, invalidContent, unsupported } from './sending-rules.js';

/** For what tenants upload: what Meta takes, and nothing else. Throws media.type-unsupported, media.content-invalid, media.too-large. */
export const OUTGOING_MEDIA: GateRules = {
  admit: admitForSending,
  untyped: (mimeType) => {
    throw unsupported(mimeType);
  },
  empty: () => invalidContent('The file is empty.'),
};
