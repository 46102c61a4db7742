export { AppsModule } from './apps.module.js';
export { WebhookApps, type WebhookApp } from './webhook-apps.js';
