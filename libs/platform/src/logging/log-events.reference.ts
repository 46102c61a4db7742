import { pageHead, table } from '../markdown.js';
import { LOG_EVENTS } from './log-events.js';

/** docs/reference/log-events.md */
export function renderLogEventsReference(): string {
  const intro =
    'Logs are JSON, one line per event, on standard output. `event` is one of these names; `requestId`, `tenantId` and ' +
    "a job's ids tie lines together. Tokens, secrets, content and phone numbers are not logged.";
  const rows = Object.entries(LOG_EVENTS).map(([name, { level, help }]) => [`\`${name}\``, level, help]);
  const head = pageHead('Log events', 'libs/platform/src/logging/log-events.ts', intro);
  return `${head}\n${table(['Event', 'Level', 'Meaning'], rows)}`;
}
