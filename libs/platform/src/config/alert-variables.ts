import { ArrayMaxSize, IsEmail, IsIn, IsOptional, Max, Min } from 'class-validator';
import { flag, list, share } from './parsers.js';
import { Integer, IsUrlOf, Variable } from './variable.js';

const group = 'Alerts';

/** What alerts are raised for, how often is looked, and where the platform's own are told. Part of Config. */
export abstract class AlertVariables {
  @Variable({
    group,
    parse: list,
    example: 'operators@example.com',
    description: 'Who is told of every alert of the platform and of its tenants by email, separated by commas. Needs SMTP_URL.',
  })
  @IsOptional()
  @IsEmail({}, { each: true, message: '$property must hold email addresses' })
  @ArrayMaxSize(20)
  readonly ALERT_EMAIL_TO?: readonly string[];

  @Variable({
    group,
    secret: true,
    description: 'An incoming webhook of Slack that is told of every alert of the platform and of its tenants.',
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly ALERT_SLACK_WEBHOOK_URL?: string;

  @Variable({
    group,
    default: 'warning',
    description: 'The least severity that those two are told of: info, warning, critical. The log is told of all.',
  })
  @IsIn(['info', 'warning', 'critical'])
  readonly ALERT_MIN_SEVERITY!: 'info' | 'warning' | 'critical';

  @Variable({
    group,
    secret: true,
    description:
      'The mail server for alerts: smtp://user:password@host:587, or smtps://user:password@host:465. Unset: no emails, and tenants cannot ask for them.',
  })
  @IsOptional()
  @IsUrlOf('smtp', 'smtps')
  readonly SMTP_URL?: string;

  @Variable({
    group,
    default: 'true',
    parse: flag,
    description: 'Whether a mail server must offer TLS (STARTTLS) before it is given anything. Switch it off for a relay on the same machine only.',
  })
  readonly SMTP_REQUIRE_TLS!: boolean;

  @Variable({
    group,
    default: 'Parley <parley@localhost>',
    example: 'Parley <parley@example.com>',
    description: 'The sender of the emails.',
  })
  readonly ALERT_EMAIL_FROM!: string;

  @Integer({ group, default: '10000', range: [50, 60_000], description: 'How often a worker looks which checks are due and what is to be told, in milliseconds.' })
  readonly ALERT_LOOK_INTERVAL_MS!: number;

  @Integer({ group, default: '30', range: [1, 3_600], description: 'How often the figures of GET /health/outbound are refreshed, in seconds.' })
  readonly HEALTH_FIGURES_SECONDS!: number;

  @Integer({ group, default: '3600', range: [1, 86_400], description: 'How often the growth of dead letters is checked, and over how long, in seconds.' })
  readonly ALERT_DEAD_LETTER_SECONDS!: number;

  @Integer({ group, default: '100', range: [1, 10_000], description: 'Dead letters within that time that raise an alert.' })
  readonly ALERT_DEAD_LETTER_THRESHOLD!: number;

  @Integer({ group, default: '900', range: [1, 86_400], description: 'How often stuck messages are looked for, in seconds.' })
  readonly ALERT_STUCK_SECONDS!: number;

  @Integer({ group, default: '3', range: [2, 100], description: 'Attempts from which on a message can be stuck.' })
  readonly ALERT_STUCK_ATTEMPTS!: number;

  @Integer({ group, default: '120', range: [0, 10_080], description: 'Age from which on a message can be stuck, in minutes.' })
  readonly ALERT_STUCK_AGE_MINUTES!: number;

  @Integer({ group, default: '60', range: [1, 3_600], description: 'How often the depth of the queue is checked, in seconds.' })
  readonly ALERT_QUEUE_DEPTH_SECONDS!: number;

  @Integer({ group, default: '1000', range: [1, 10_000], description: 'Messages due, neither held nor scheduled, that raise an alert.' })
  readonly ALERT_QUEUE_DEPTH_THRESHOLD!: number;

  @Integer({ group, default: '60', range: [0, 3_600], description: 'How long a message must have been due to count, in seconds.' })
  readonly ALERT_QUEUE_DEPTH_DUE_SECONDS!: number;

  @Integer({ group, default: '300', range: [1, 86_400], description: 'How often the failure rate is checked, in seconds.' })
  readonly ALERT_FAILURE_RATE_SECONDS!: number;

  @Variable({ group, default: '0.30', parse: share, description: 'The share of failed messages that raises an alert, above 0 and up to 1.' })
  @Min(0.01)
  @Max(1)
  readonly ALERT_FAILURE_RATE_THRESHOLD!: number;

  @Integer({ group, default: '60', range: [5, 1_440], description: 'Over how long the failure rate is taken, in minutes.' })
  readonly ALERT_FAILURE_RATE_WINDOW_MINUTES!: number;

  @Integer({ group, default: '10', range: [1, 10_000], description: 'Messages that must have ended in that time: fewer say nothing.' })
  readonly ALERT_FAILURE_RATE_MINIMUM!: number;

  @Integer({ group, default: '300', range: [1, 86_400], description: 'How often messages with many attempts are looked for, in seconds.' })
  readonly ALERT_ESCALATION_SECONDS!: number;

  @Integer({ group, default: '5', range: [2, 100], description: 'Attempts that escalate a message.' })
  readonly ALERT_ESCALATION_ATTEMPTS!: number;

  @Integer({ group, default: '60', range: [1, 3_600], description: 'How often limits, holds, templates, webhooks and the platform itself are checked, in seconds.' })
  readonly ALERT_STATE_SECONDS!: number;

  @Integer({ group, default: '80', range: [1, 100], description: 'How much of a quota or tier may be used before an alert, in percent.' })
  readonly ALERT_LIMIT_PERCENT!: number;

  @Integer({ group, default: '3', range: [1, 1_000], description: 'How often Meta may throttle a number within an hour before an alert.' })
  readonly ALERT_THROTTLING_THRESHOLD!: number;

  @Integer({ group, default: '15', range: [1, 1_440], description: 'How long a number may send without a webhook from Meta, in minutes.' })
  readonly ALERT_WEBHOOK_SILENCE_MINUTES!: number;

  @Integer({
    group,
    default: '120',
    range: [10, 86_400],
    description: 'ingest_stalled: how old the oldest webhook that is not processed yet may be, in seconds.',
  })
  readonly ALERT_INGEST_STALLED_SECONDS!: number;

  @Integer({
    group,
    default: '10',
    range: [1, 100_000],
    description: 'number_silent: how many messages customers must usually write to a number at this hour for its silence to mean something.',
  })
  readonly ALERT_NUMBER_SILENT_MINIMUM!: number;

  @Integer({ group, default: '60', range: [1, 3_600], description: 'How long Redis may be away before an alert, in seconds.' })
  readonly ALERT_REDIS_AWAY_SECONDS!: number;

  @Integer({ group, default: '60', range: [0, 10_080], description: 'An incident that comes back within this time after its end is the same one, in minutes.' })
  readonly ALERT_COOLDOWN_MINUTES!: number;

  @Integer({ group, default: '360', range: [1, 10_080], description: 'After how long an open incident is told again, in minutes.' })
  readonly ALERT_REMIND_MINUTES!: number;

  @Integer({ group, default: '120', range: [0, 86_400], description: 'For how long nobody may have seen an incident before it is over, in seconds.' })
  readonly ALERT_CALM_SECONDS!: number;

  @Integer({ group, default: '5', range: [1, 1_000], description: 'With more alerts than this at once a channel gets one digest instead.' })
  readonly ALERT_DIGEST_ABOVE!: number;

  @Integer({ group, default: '300', range: [0, 86_400], description: 'How long a channel is left in peace after a digest, in seconds.' })
  readonly ALERT_DIGEST_PAUSE_SECONDS!: number;
}
