export { AcceptMessages } from './accept-messages.js';
export type { Acceptance, AcceptanceRequest } from './acceptance-request.js';
export { MessagingModule } from './messaging.module.js';
export { accountTokenPlace } from './accounts/account-token.js';
export { SyncTemplatesModule } from './templates/sync-templates.module.js';
export { CachedTemplates } from './templates/cached-templates.js';
export { listedTemplate, type MetaTemplate } from './templates/listed-template.js';
export { SyncTemplates, type SyncReport, type TemplateSource } from './templates/sync-templates.js';
export { TemplateChanges } from './templates/template-changes.js';
