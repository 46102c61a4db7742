/** Every event that a tenant can read or be sent. Each is written in the statement that makes the change. */
export const EVENTS = [
  'whatsapp.message_accepted',
  'whatsapp.message_sent',
  'whatsapp.message_delivered',
  'whatsapp.message_read',
  'whatsapp.message_failed',
  'whatsapp.message_received',
  'whatsapp.message_edited',
  'whatsapp.message_revoked',
  'whatsapp.message_echoed',
  'whatsapp.history_stored',
  'whatsapp.conversation_opened',
  'whatsapp.conversation_assigned',
  'whatsapp.conversation_resolved',
  'whatsapp.conversation_reopened',
  'whatsapp.conversation_archived',
  'whatsapp.conversation_sla_breached',
  'whatsapp.template_approved',
  'whatsapp.template_rejected',
  'whatsapp.template_paused',
  'whatsapp.template_disabled',
  'whatsapp.number_paused',
  'whatsapp.number_resumed',
  'whatsapp.number_quality_changed',
  'whatsapp.consent_changed',
] as const;

export type EventName = (typeof EVENTS)[number];
