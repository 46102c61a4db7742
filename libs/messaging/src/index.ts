export { AcceptMessages } from './accept-messages.js';
export type { Acceptance, AcceptanceRequest } from './acceptance-request.js';
export { MessagingModule } from './messaging.module.js';
export { accountTokenPlace } from './accounts/account-token.js';
export { SyncTemplatesModule } from './templates/sync-templates.module.js';
export { listedTemplate, SyncTemplates, type MetaTemplate, type SyncReport, type TemplateSource } from './templates/sync-templates.js';
