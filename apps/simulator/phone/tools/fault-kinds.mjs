/** The kinds of faults that POST /control/faults takes, in words, with the fields that each heeds. */
export const FAULTS = [
  { kind: 'error', title: 'Refused with a Graph error', fields: ['code'] },
  { kind: 'http', title: 'A bare HTTP status', fields: ['status'] },
  { kind: 'html', title: 'A page of HTML', fields: ['status'] },
  { kind: 'too-many-requests', title: '429 with Retry-After', fields: ['retryAfterSeconds'] },
  { kind: 'maintenance', title: 'Maintenance for a while (131057)', fields: ['durationMs'] },
  { kind: 'hang', title: 'Never answered', fields: [] },
  { kind: 'reset', title: 'Connection reset', fields: [] },
  { kind: 'accept-then-hang', title: 'Accepted, never answered', fields: [] },
  { kind: 'accept-then-reset', title: 'Accepted, connection reset', fields: [] },
  { kind: 'accept-then-http', title: 'Accepted, but an HTTP error', fields: ['status'] },
  { kind: 'accept-then-error', title: 'Accepted, but a Graph error', fields: ['code'] },
  { kind: 'slow', title: 'Answered late', fields: ['delayMs'] },
  { kind: 'slow-loris', title: 'Answered byte by byte', fields: ['delayMs'] },
  { kind: 'failed', title: 'Accepted, then failed', fields: ['code'] },
  { kind: 'failed-after-sent', title: 'Sent, then failed', fields: ['code'] },
  { kind: 'held', title: 'Held for quality, then sent', fields: [] },
  { kind: 'held-then-failed', title: 'Held for quality, then failed', fields: [] },
  { kind: 'status-before-answer', title: 'Status before the answer', fields: [] },
  { kind: 'statuses-duplicated', title: 'Each status several times', fields: ['copies'] },
  { kind: 'statuses-reversed', title: 'The last status first', fields: [] },
  { kind: 'statuses-delayed', title: 'Statuses late', fields: ['delayMs'] },
  { kind: 'statuses-dropped', title: 'Statuses lost', fields: [] },
  { kind: 'read-without-delivered', title: 'Read without delivered', fields: [] },
];

/** What is left empty is the simulator's own default. */
export const FIELDS = {
  code: { label: 'Code', min: 0, defaultValue: 131000 },
  status: { label: 'HTTP status', min: 400, max: 599, defaultValue: 502 },
  retryAfterSeconds: { label: 'Retry after (s)', min: 0, max: 86_400, placeholder: '2' },
  durationMs: { label: 'For (ms)', min: 1, placeholder: '60000' },
  delayMs: { label: 'Late by (ms)', min: 0, max: 600_000, placeholder: 'as fits' },
  copies: { label: 'Copies', min: 1, max: 100, defaultValue: 3 },
  count: { label: 'How often', min: 1, max: 1_000_000, placeholder: '1' },
};
