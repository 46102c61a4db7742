/** At which level an event is logged, and what it tells. */
interface LogEventDeclaration {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly help: string;
}

/** Every event that Parley logs. The name stands in the field `event`; what else a line holds are ids and figures. */
export const LOG_EVENTS = {
  'process.started': { level: 'info', help: 'A process is ready: its name, ports, version.' },
  'process.failed': { level: 'error', help: 'An error that nobody caught; the process ends.' },
  'shutdown.started': { level: 'info', help: 'A shutdown began: the signal or call that asked for it.' },
  'shutdown.phase_completed': { level: 'info', help: 'A phase of the shutdown is over: its name and time.' },
  'shutdown.step_failed': {
    level: 'error',
    help: 'A step of the shutdown failed or ran out of time; the next one goes on.',
  },
  'shutdown.completed': { level: 'info', help: 'The shutdown is over: its time, and whether every step succeeded.' },

  'http.request_completed': { level: 'info', help: 'A request was answered: method, route, status, time.' },
  'http.request_failed': { level: 'error', help: 'A request ended in a fault of ours, with the error.' },
  'auth.refused': { level: 'warn', help: 'A credential was refused: its kind and the reason, never the credential.' },

  'whatsapp.client.initialized': { level: 'info', help: 'The Graph client is ready: address, version, connections.' },
  'whatsapp.send_message.start': { level: 'debug', help: 'A POST to Meta begins, for anything but a template.' },
  'whatsapp.send_message.success': { level: 'info', help: 'Meta took the message: its wamid and the time.' },
  'whatsapp.send_message.timeout': { level: 'warn', help: 'Meta did not answer in time: the outcome is unknown.' },
  'whatsapp.send_message.error': { level: 'warn', help: "Meta refused the message: Graph's code and trace id." },
  'whatsapp.send_template.start': { level: 'debug', help: 'A POST of a template to Meta begins.' },
  'whatsapp.send_template.success': { level: 'info', help: 'Meta took the template message: its wamid and the time.' },
  'whatsapp.send_template.template_error': { level: 'warn', help: "Meta refused the template message: Graph's code." },
  'whatsapp.download_media.start': { level: 'debug', help: 'A media that a customer sent is being fetched: its id, the attempt.' },
  'whatsapp.download_media.success': { level: 'info', help: 'A media was fetched and stored: its id, kind, bytes.' },
  'whatsapp.download_media.not_found': {
    level: 'warn',
    help: 'Meta has nothing under the id or the address of a media; it is asked for a new address.',
  },
  'whatsapp.download_media.failed': {
    level: 'warn',
    help: 'A media was not fetched: the reason, and when it is tried again, or that it is FAILED.',
  },
  'whatsapp.webhook.signature_valid': { level: 'info', help: 'A webhook was verified: content type and size.' },
  'whatsapp.webhook.signature_invalid': {
    level: 'warn',
    help: 'A webhook was refused: the reason, content type, size.',
  },
  'whatsapp.webhook.received': { level: 'info', help: 'A webhook is processed: its entry count and payload keys.' },
  'whatsapp.webhook.handshake': { level: 'info', help: 'Meta asked for the handshake: whether the token was right.' },

  'ledger.event_processed': { level: 'info', help: 'An event of the ledger reached a state: DONE, PARTIAL, DEAD.' },
  'ledger.item_unrouted': { level: 'warn', help: 'An item names a number that nobody has; it is kept.' },
  'ledger.item_refused': { level: 'warn', help: "A tenant's own app spoke for something that is not the tenant's." },
  'ledger.item_failed': {
    level: 'warn',
    help: 'An item could not be applied; it is tried again or becomes a dead letter.',
  },

  'ledger.redriven': { level: 'info', help: 'An operator let dead letters of the ledger be tried again: how many.' },

  'module.switched': { level: 'info', help: 'At the start the module was switched on or off for organisations by the configuration: how many.' },
  'partition.dropped': { level: 'info', help: 'A day of the ledger, of events or of timelines was dropped: how many webhooks were moved on before.' },
  'ledger.replayed': { level: 'info', help: 'A chunk of a replay of webhooks is done: how many were looked at, meant, and had an effect.' },
  'dead_letters.redriven': { level: 'info', help: 'A chunk of a redrive is done: how many were looked at and queued again.' },
  'message.state_changed': { level: 'info', help: 'A message came to a state: id, from, to, reason.' },
  'message.doubt_settled': { level: 'warn', help: 'Messages of unknown outcome were parked or sent once more: the number, how many.' },
  'number.state_changed': {
    level: 'info',
    help: 'A phone number was connected, paused, resumed, or its quality changed.',
  },
  'number.breaker_changed': { level: 'warn', help: 'The circuit breaker of a number opened or closed: how often, and for how long.' },
  'hold.began': { level: 'warn', help: 'A number, template, account or app is held: cause, reason, and for how long.' },
  'number.pin_read': { level: 'warn', help: 'Somebody with the right to write read the PIN of a number.' },
  'number.security_changed': { level: 'warn', help: "Meta tells that the PIN of a number was changed or asked for." },
  'account.state_changed': { level: 'warn', help: 'Meta restricted, disabled, deleted or reinstated an account: state and reason.' },
  'account.token_renewed': { level: 'info', help: 'The tenant service has another token for an account whose last one was refused: its version.' },
  'account.alerted': { level: 'warn', help: 'Meta sent an alert about an account: its type and severity.' },
  'onboarding.step_ended': { level: 'info', help: 'A step of an onboarding was done, skipped, refused, or waits for somebody.' },
  'template.state_changed': { level: 'info', help: 'A template came to a state: name, language, from, to.' },
  'campaign.state_changed': { level: 'info', help: 'A campaign came to a state: id, to, reason.' },
  'campaign.turn_ended': { level: 'debug', help: 'A turn of feeding a campaign is over: how many were fed and skipped.' },
  'campaign.upload_undone': { level: 'warn', help: 'An audience that broke off was taken out again: campaign, upload, rows.' },
  'automation.step_ended': { level: 'debug', help: 'A step of automatic answers did its work: message, step, how it ended and why.' },
  'automation.step_failed': { level: 'warn', help: 'A step of automatic answers failed: message, step, reason; the chain goes on.' },
  'automation.breaker_changed': { level: 'warn', help: 'The circuit breaker before an endpoint of automatic answers opened or closed: tenant, step.' },
  'conversation.state_changed': { level: 'info', help: 'A conversation came to a state: id, from, to.' },
  'conversation.escalated': { level: 'warn', help: 'A question is nearly overdue, or is: the conversation, to which level, its priority.' },
  'conversation.idle': { level: 'info', help: 'Nothing has happened in a conversation for so long that it was noted: its id.' },
  'media.copy_left': { level: 'warn', help: 'A copy that nobody needs could not be taken out of the storage: its key.' },
  'media.state_changed': { level: 'info', help: 'A media came to a state: id, to, reason.' },
  'contact.state_changed': { level: 'info', help: 'A contact has another number, user id or key, was joined to another one, or taken out of it: id, to.' },
  'consent.state_changed': { level: 'info', help: 'A consent was granted, denied or revoked: its purpose and source.' },

  'limiter.mode_changed': { level: 'warn', help: 'The limiter counts in Redis or in the database from now on.' },
  'limiter.give_back_failed': { level: 'warn', help: 'What did not leave stays counted against its limits, with the error.' },
  'quota.spent': { level: 'warn', help: 'An organisation has used up its quota: its id, and when the window ends.' },
  'quota.changed': { level: 'info', help: "An operator changed an organisation's quota: from, to." },
  'quota.ask_again_failed': { level: 'warn', help: 'Messages that wait for a quota that was changed wait for its reset still.' },
  'number.slowed': { level: 'warn', help: 'Meta said that a number was too fast: the share of its throughput that it goes on with.' },
  'limiter.feedback_failed': { level: 'warn', help: "The limiter did not learn from an answer of Meta's: the number." },
  'number.turn_ended': {
    level: 'debug',
    help: 'A turn of sending for a number is over: how many left, and why it ended.',
  },
  'sweep.repaired': { level: 'warn', help: 'The sweeper set rows right that a crash had left: what and how many.' },
  'batcher.set_failed': {
    level: 'warn',
    help: 'A set failed and was repeated, halved or refused: its name, size, SQLSTATE.',
  },
  'broker.unavailable': { level: 'warn', help: 'RabbitMQ cannot be reached or does not let us consume; it is tried again.' },
  'broker.recovered': { level: 'info', help: 'Messages are taken from RabbitMQ: at the start, and after it was away.' },
  'broker.message_refused': { level: 'warn', help: 'A message of the broker became a dead letter there: its code.' },
  'backlog.count_failed': { level: 'warn', help: 'What waits to leave could not be counted; the last count goes on counting.' },
  'job.completed': { level: 'debug', help: 'A job is done: its name and time.' },
  'job.failed': { level: 'error', help: 'A job failed: its name, attempt and error.' },
  'queue.unavailable': { level: 'warn', help: 'Redis does not take wake-ups; the poll carries on.' },
  'queue.recovered': { level: 'info', help: 'Redis takes wake-ups again.' },
  'cache.unavailable': { level: 'warn', help: 'The cache does not answer; the database does.' },
  'cache.recovered': { level: 'info', help: 'The cache answers again.' },
  'database.unavailable': { level: 'error', help: 'PostgreSQL does not answer.' },
  'alert.raised': { level: 'warn', help: 'An incident was opened, got worse or lasts: its kind, severity and object.' },
  'alert.resolved': { level: 'info', help: 'An incident is over: its kind and object.' },
  'alert.digest': { level: 'warn', help: 'Many incidents at once: how many, and how many of them are critical.' },
  'alert.delivery_failed': { level: 'warn', help: 'A channel did not take an alert: its id, type, failures in a row; it is tried again.' },
} as const satisfies Record<string, LogEventDeclaration>;

export type LogEventName = keyof typeof LOG_EVENTS;

/** Ids, codes and figures. No content, no names of people, no phone numbers, no secrets. An error goes under `err`. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly string[] | Error>
>;

/** What logs: pino's own logger, and PinoLogger of nestjs-pino. */
export type EventLogger = Record<LogEventDeclaration['level'], (fields: Record<string, unknown>) => void>;

/** Logs one event at its level, as one line. */
export function logEvent(logger: EventLogger, event: LogEventName, fields?: LogFields): void {
  logger[LOG_EVENTS[event].level]({ event, ...fields });
}
