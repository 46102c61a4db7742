export * from './content/incoming-media.js';
export { MediaGate, type GateRules, type MediaFacts } from './content/media-gate.js';
export { OUTGOING_MEDIA } from './content/outgoing-media.js';
export { MediaStorage, StoredFileMissing } from './media-storage.js';
export * from './storage.module.js';
