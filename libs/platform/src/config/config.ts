import { ArrayMinSize, IsIn, IsOptional, Matches, MinLength } from 'class-validator';
import { inspect } from 'node:util';
import type { SealingKey } from '../sealing.js';
import { AutomationVariables } from './automation-variables.js';
import { baseUrl, brokerBindings, flag, list, origins, pathPrefix, sealingKeys, type BrokerBinding } from './parsers.js';
import { brokerAddress, jwtSettings, type JwtSettings, type BrokerAddress } from './rules.js';
import { declaredVariables, Integer, IsUrlOf, Variable } from './variable.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * Everything that the api and the worker read from the environment, each variable under its own name, typed. An empty
 * variable counts as unset. Made by `loadConfig` only.
 */
export class Config extends AutomationVariables {
  @Variable({
    group: 'Process',
    default: 'development',
    description: 'development, test or production. production refuses the default secrets.',
  })
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV!: 'development' | 'test' | 'production';

  @Variable({
    group: 'Process',
    default: 'info',
    description: `The least level that is logged: ${LOG_LEVELS.join(', ')}.`,
  })
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL!: (typeof LOG_LEVELS)[number];

  @Integer({
    group: 'Process',
    default: '40000',
    range: [100, 600_000],
    description:
      'How long a shutdown may take, in milliseconds. Keep it below the time after which the process is killed.',
  })
  readonly SHUTDOWN_TIMEOUT_MS!: number;

  @Variable({
    group: 'Process',
    example: 'after-mark:3',
    description:
      'For tests of crashes: the worker kills itself when it comes to this place in the way of a send for the nth time. production refuses it.',
  })
  @IsOptional()
  @Matches(/^(before-mark|after-mark|after-post|after-record):[1-9]\d{0,5}$/, { message: '$property must look like after-mark:3' })
  readonly FAILPOINT?: string;

  @Variable({
    group: 'HTTP',
    default: '127.0.0.1',
    example: '0.0.0.0',
    description: 'The address that api and worker listen on.',
  })
  readonly HOST!: string;

  @Integer({
    group: 'HTTP',
    default: '3000',
    range: [0, 65_535],
    description: 'The port of the api. 0 takes a free one.',
  })
  readonly API_PORT!: number;

  @Integer({
    group: 'HTTP',
    default: '3001',
    range: [0, 65_535],
    description: 'The port on which the api serves GET /metrics. 0 takes a free one.',
  })
  readonly API_METRICS_PORT!: number;

  @Integer({
    group: 'HTTP',
    default: '3002',
    range: [0, 65_535],
    description: 'The port on which the worker serves /health and /metrics. 0 takes a free one.',
  })
  readonly WORKER_PORT!: number;

  @Variable({
    group: 'HTTP',
    default: 'v1',
    parse: pathPrefix,
    description: 'The path before every route of the API; webhooks, health and docs stand outside of it.',
  })
  readonly API_PREFIX!: string;

  @Variable({
    group: 'HTTP',
    default: 'http://127.0.0.1:3000',
    parse: baseUrl,
    example: 'https://api.example.com',
    setInProduction: true,
    description: 'The address under which tenants and Meta reach the api.',
  })
  @IsUrlOf('http', 'https')
  readonly PUBLIC_URL!: string;

  @Integer({
    group: 'HTTP',
    default: '0',
    range: [0, 10],
    description:
      'Proxies in front of the api whose X-Forwarded-For is believed. 0: none, and a caller is where the connection comes from.',
  })
  readonly TRUST_PROXY!: number;

  @Variable({
    group: 'HTTP',
    parse: baseUrl,
    example: 'https://docs.example.com',
    description:
      "Where the pages of the error codes are: a problem's type is DOCS_URL/errors/{code}. Unset: PUBLIC_URL/docs.",
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly DOCS_URL?: string;

  @Integer({
    group: 'HTTP',
    default: '262144',
    range: [1_024, 16_777_216],
    description: 'The largest body that the API takes, in bytes.',
  })
  readonly BODY_LIMIT_BYTES!: number;

  @Integer({
    group: 'HTTP',
    default: '4194304',
    range: [1_024, 16_777_216],
    description: 'The largest body of POST /v1/messages/batch and /v1/messages/validate, in bytes.',
  })
  readonly BATCH_BODY_LIMIT_BYTES!: number;

  @Integer({
    group: 'HTTP',
    default: '3145728',
    range: [1_024, 16_777_216],
    description: 'The largest webhook that is taken, in bytes. Meta sends up to 3 MB.',
  })
  readonly WEBHOOK_BODY_LIMIT_BYTES!: number;

  @Variable({
    group: 'HTTP',
    parse: origins,
    example: 'https://erp.example.internal:9443,http://10.0.0.5:8080',
    description:
      'Origins that tenants may name although they are not public: callbacks and links to all others must be https to a public host at port 443 or 8443.',
  })
  @IsOptional()
  readonly HTTP_ALLOWED_ORIGINS?: readonly string[];

  @Variable({
    group: 'Database',
    default: 'postgresql://parley_app@127.0.0.1:5432/parley',
    secret: true,
    setInProduction: true,
    example: 'postgresql://parley_app:password@db:5432/parley',
    description: 'PostgreSQL as the role that row level security binds to one tenant.',
  })
  @IsUrlOf('postgresql', 'postgres')
  readonly DATABASE_APP_URL!: string;

  @Variable({
    group: 'Database',
    default: 'postgresql://parley_system@127.0.0.1:5432/parley',
    secret: true,
    setInProduction: true,
    example: 'postgresql://parley_system:password@db:5432/parley',
    description: 'PostgreSQL as the role of intake, sets, the sender and the sweeper.',
  })
  @IsUrlOf('postgresql', 'postgres')
  readonly DATABASE_SYSTEM_URL!: string;

  @Integer({
    group: 'Database',
    default: '10',
    range: [1, 500],
    description: 'Connections of a process to PostgreSQL, for each of the two roles.',
  })
  readonly DATABASE_POOL_SIZE!: number;

  @Integer({
    group: 'Database',
    default: '15000',
    range: [100, 600_000],
    description: 'How long one statement may run, in milliseconds.',
  })
  readonly DATABASE_STATEMENT_TIMEOUT_MS!: number;

  @Integer({
    group: 'Database',
    default: '10000',
    range: [100, 600_000],
    description: 'How long a transaction may stand idle, in milliseconds.',
  })
  readonly DATABASE_IDLE_TRANSACTION_TIMEOUT_MS!: number;

  @Integer({
    group: 'Database',
    default: '30',
    range: [2, 3_650],
    description: 'For how many days webhooks are kept in the ledger after the day on which they came. What could not be applied yet is kept longer.',
  })
  readonly LEDGER_RETENTION_DAYS!: number;

  @Integer({
    group: 'Database',
    default: '30',
    range: [2, 3_650],
    description: 'For how many days events are kept, which organisations read and from which search and statistics are made.',
  })
  readonly EVENTS_RETENTION_DAYS!: number;

  @Integer({
    group: 'Database',
    default: '90',
    range: [2, 3_650],
    description: 'For how many days the timelines of messages are kept, and the steps of automations. The messages themselves stay.',
  })
  readonly TIMELINE_RETENTION_DAYS!: number;

  @Variable({
    group: 'Redis',
    default: 'redis://127.0.0.1:6379',
    secret: true,
    setInProduction: true,
    example: 'redis://:password@redis:6379/0',
    description: 'Redis or Valkey, for wake-ups, counters and caches. It may be lost at any time.',
  })
  @IsUrlOf('redis', 'rediss')
  readonly REDIS_URL!: string;

  @Variable({
    group: 'Redis',
    default: 'parley',
    description: 'What the keys begin with, so that installations can share one Redis.',
  })
  @Matches(/^[A-Za-z0-9_-]{1,32}$/, { message: '$property must be 1 to 32 letters, digits, _ or -' })
  readonly REDIS_PREFIX!: string;

  @Variable({
    group: 'Secrets',
    default: 'dev:cGFybGV5LWRldmVsb3BtZW50LXNlYWxpbmcta2V5LTE=',
    secret: true,
    parse: sealingKeys,
    example: '2026b:<base64>,2026a:<base64>',
    description:
      'The keys that seal secrets at rest, id:key separated by commas, each 32 bytes in base64 (openssl rand -base64 32). The first one seals, all of them open.',
  })
  @ArrayMinSize(1)
  readonly SEALING_KEYS!: readonly SealingKey[];

  @Variable({
    group: 'Access',
    default: 'development-platform-admin-key',
    secret: true,
    minimumLengthInProduction: 32,
    description: "The key of the platform's operators, sent as a bearer token (openssl rand -hex 32).",
  })
  @MinLength(16, { message: '$property must have at least 16 characters' })
  readonly PLATFORM_ADMIN_KEY!: string;

  @Variable({
    group: 'Secrets',
    parse: baseUrl,
    example: 'https://tenants.example.internal',
    description:
      "A service that has the access tokens of tenants, in place of Parley's own sealed store; see docs/guides/tenant-service.md.",
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly TENANT_SERVICE_URL?: string;

  @Variable({
    group: 'Secrets',
    secret: true,
    minimumLengthInProduction: 16,
    description: 'What Parley shows the tenant service as a bearer token. Needed with TENANT_SERVICE_URL.',
  })
  @IsOptional()
  @Matches(/^[!-~]{8,1024}$/, { message: '$property must be 8 to 1024 printable characters without spaces' })
  readonly TENANT_SERVICE_TOKEN?: string;

  @Variable({
    group: 'Access',
    secret: true,
    description: 'Verifies JWTs by HMAC. Set this, or JWT_JWKS_URL, or neither (no JWTs).',
  })
  @IsOptional()
  @MinLength(32, { message: '$property must have at least 32 characters (RFC 7518)' })
  readonly JWT_SECRET?: string;

  @Variable({
    group: 'Access',
    example: 'https://id.example.com/.well-known/jwks.json',
    description: 'Verifies JWTs by the keys of this JWKS.',
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly JWT_JWKS_URL?: string;

  @Variable({
    group: 'Access',
    example: 'https://id.example.com',
    description: 'The only iss that is taken. Needed where JWTs are on.',
  })
  @IsOptional()
  readonly JWT_ISSUER?: string;

  @Variable({
    group: 'Access',
    example: 'parley',
    description: 'The aud that a JWT must name. Needed where JWTs are on.',
  })
  @IsOptional()
  readonly JWT_AUDIENCE?: string;

  @Variable({
    group: 'Access',
    parse: list,
    example: 'RS256',
    description:
      'The algorithms that are taken, separated by commas. Unset: HS256 with JWT_SECRET; RS256, ES256 and EdDSA with JWT_JWKS_URL.',
  })
  @IsOptional()
  readonly JWT_ALGORITHMS?: readonly string[];

  @Integer({
    group: 'Access',
    default: '2',
    range: [0, 300],
    description:
      'How long a checked credential is believed without asking the database, in seconds. A revoked key may work this much longer.',
  })
  readonly AUTH_CACHE_SECONDS!: number;

  @Integer({
    group: 'Access',
    default: '100',
    range: [1, 1_000_000],
    description: 'Failed authentications that one address may make in a minute before it gets 429.',
  })
  readonly AUTH_FAILURES_PER_MINUTE!: number;

  @Integer({
    group: 'Access',
    default: '120000',
    range: [1, 10_000_000],
    description: 'Requests that one API key, or one user with a JWT, may make in a minute before it gets 429.',
  })
  readonly RATE_LIMIT_PER_KEY!: number;

  @Integer({
    group: 'Access',
    default: '240000',
    range: [1, 10_000_000],
    description: 'Requests that all keys and users of one tenant may make in a minute together.',
  })
  readonly RATE_LIMIT_PER_TENANT!: number;

  @Variable({
    group: 'Meta',
    default: 'https://graph.facebook.com',
    parse: baseUrl,
    example: 'http://127.0.0.1:4000',
    description: 'The Graph API, or the simulator.',
  })
  @IsUrlOf('http', 'https')
  readonly GRAPH_URL!: string;

  @Variable({ group: 'Meta', default: 'v25.0', description: 'The version of the Graph API that is spoken.' })
  @Matches(/^v\d{1,3}\.\d$/, { message: '$property must look like v25.0' })
  readonly GRAPH_VERSION!: string;

  @Integer({
    group: 'Meta',
    default: '100',
    range: [1, 5_000],
    description: 'Connections of a process to the Graph API. What is needed is the rate times the time of one answer.',
  })
  readonly GRAPH_CONNECTIONS!: number;

  @Integer({
    group: 'Meta',
    default: '5000',
    range: [10, 60_000],
    description: 'How long a connection to the Graph API may take, in milliseconds.',
  })
  readonly GRAPH_CONNECT_TIMEOUT_MS!: number;

  @Integer({
    group: 'Meta',
    default: '30000',
    range: [10, 120_000],
    description: 'How long the Graph API may take to answer, in milliseconds.',
  })
  readonly GRAPH_READ_TIMEOUT_MS!: number;

  @Variable({
    group: 'Meta',
    default: 'lookaside.fbsbx.com',
    parse: list,
    description:
      'Hosts beside the Graph API that serve the files of customers over https, separated by commas. Access tokens are shown to them.',
  })
  @Matches(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, {
    each: true,
    message: '$property must hold names of hosts, such as lookaside.fbsbx.com',
  })
  readonly GRAPH_MEDIA_HOSTS!: readonly string[];

  @Variable({
    group: 'Meta',
    default: '1000000000000001',
    setInProduction: true,
    description: "The id of the platform's own Meta app, whose webhooks come to /webhooks/whatsapp.",
  })
  @Matches(/^\d{1,32}$/, { message: '$property must be digits' })
  readonly META_APP_ID!: string;

  @Variable({
    group: 'Meta',
    default: 'development-app-secret',
    secret: true,
    minimumLengthInProduction: 16,
    parse: list,
    description: "The app's secrets, separated by commas: while one is replaced, both verify.",
  })
  @ArrayMinSize(1)
  readonly META_APP_SECRETS!: readonly string[];

  @Variable({
    group: 'Meta',
    default: 'development-verify-token',
    secret: true,
    minimumLengthInProduction: 16,
    description: 'What Meta must send in the handshake of the webhook.',
  })
  @MinLength(8, { message: '$property must have at least 8 characters' })
  readonly META_VERIFY_TOKEN!: string;

  @Integer({
    group: 'Messages',
    default: '64',
    range: [1, 2_000],
    description: 'Sends that one worker process has under way at a time.',
  })
  readonly OUTBOUND_CONCURRENCY!: number;

  @Integer({
    group: 'Messages',
    default: '1000',
    range: [0, 1_000_000_000],
    description: 'Messages that an organisation may send in its window, unless an operator gave it a quota of its own. More wait for the reset.',
  })
  readonly QUOTA_MESSAGES!: number;

  @Integer({
    group: 'Messages',
    default: '86400',
    range: [1, 31_536_000],
    description: "How long the window of an organisation's quota is, in seconds. It begins with the first message.",
  })
  readonly QUOTA_WINDOW_SECONDS!: number;

  @Integer({
    group: 'Messages',
    default: '1000',
    range: [1, 1_000],
    description: 'Business-initiated messages that one number may send in a second, where its throughput allows more. Replies have all of it.',
  })
  readonly BUSINESS_INITIATED_PER_SECOND!: number;

  @Integer({
    group: 'Messages',
    default: '1000',
    range: [10, 60_000],
    description: 'How often a worker looks for work without being woken, in milliseconds.',
  })
  readonly POLL_INTERVAL_MS!: number;

  @Integer({
    group: 'Messages',
    default: '900000',
    range: [100, 1_800_000],
    description:
      'How often conversations are looked after, in milliseconds: answers noted, questions escalated, idle ones closed; and archived at 01:00 of the tenant.',
  })
  readonly SLA_MONITOR_INTERVAL_MS!: number;

  @Integer({
    group: 'Messages',
    default: '5000',
    range: [100, 3_600_000],
    description: 'How often the statistics are brought up to date, in milliseconds.',
  })
  readonly STATS_INTERVAL_MS!: number;

  @Integer({
    group: 'Messages',
    default: '2000',
    range: [100, 60_000],
    description: 'How often the figures of the moment are read for those who look on, in milliseconds.',
  })
  readonly STATS_LIVE_INTERVAL_MS!: number;

  @Integer({
    group: 'Messages',
    default: '24',
    range: [1, 720],
    description:
      'How long a message may wait to leave before it becomes EXPIRED, in hours. Codes for authentication have 10 minutes.',
  })
  readonly MESSAGE_VALIDITY_HOURS!: number;

  @Integer({
    group: 'Messages',
    default: '1000000',
    range: [1, 100_000_000],
    description: 'Messages of one tenant that may wait to leave; beyond it more are refused with 429, about: it is counted every few seconds.',
  })
  readonly BACKLOG_TENANT_CAP!: number;

  @Integer({
    group: 'Messages',
    default: '5000000',
    range: [1, 100_000_000],
    description: 'Messages of all tenants together that may wait to leave; beyond it more are refused with 503.',
  })
  readonly BACKLOG_PLATFORM_CAP!: number;

  @Integer({
    group: 'Messages',
    default: '5000',
    range: [100, 600_000],
    description: 'The least pause between two counts of what waits to leave, in milliseconds. Counting takes 5 % of one connection at most.',
  })
  readonly BACKLOG_COUNT_PAUSE_MS!: number;

  @Variable({
    group: 'Messages',
    example: '/etc/parley/rate-card.json',
    description:
      "A JSON file with Meta's prices for dry runs, as in docs/guides/many-messages.md. Unset: the list prices that this release was built with.",
  })
  @IsOptional()
  readonly RATE_CARD_FILE?: string;

  @Integer({
    group: 'Messages',
    default: '900',
    range: [1, 86_400],
    description:
      'How long a message whose outcome is unknown waits for a status, in seconds, before the wish of its tenant counts: park or resend.',
  })
  readonly UNKNOWN_AFTER_SECONDS!: number;

  @Variable({
    group: 'Messages',
    default: 'true',
    parse: flag,
    description:
      'Whether the module is on for organisations that no operator has switched on or off by name (PATCH /v1/tenants/{id}). While it is off their sends are refused, and their webhooks wait in the ledger. The same for api and worker.',
  })
  readonly ENABLE_WHATSAPP_MODULE!: boolean;

  @Integer({
    group: 'Messages',
    default: '100',
    range: [0, 100],
    description: 'For how many of a hundred such organisations it is on, while ENABLE_WHATSAPP_MODULE is true. A share that grows keeps whom it had.',
  })
  readonly ENABLE_WHATSAPP_MODULE_SHARE!: number;

  @Variable({
    group: 'Messages',
    default: 'true',
    parse: flag,
    description: 'Whether a new tenant answers its customers with an echo until it says otherwise.',
  })
  readonly ECHO_DEFAULT!: boolean;

  @Variable({
    group: 'Broker',
    secret: true,
    example: 'amqp://parley:password@rabbitmq:5672/',
    description: 'RabbitMQ, from which the worker takes messages to be sent. Unset, and RABBITMQ_HOST too: there is none.',
  })
  @IsOptional()
  @IsUrlOf('amqp', 'amqps')
  readonly RABBITMQ_URL?: string;

  @Variable({ group: 'Broker', example: 'rabbitmq', description: 'The host of RabbitMQ, where no RABBITMQ_URL is given.' })
  @IsOptional()
  readonly RABBITMQ_HOST?: string;

  @Integer({ group: 'Broker', default: '5672', range: [1, 65_535], description: 'Its port, with RABBITMQ_HOST.' })
  readonly RABBITMQ_PORT!: number;

  @Variable({ group: 'Broker', description: 'Our user there, with RABBITMQ_HOST. Unset: guest.' })
  @IsOptional()
  readonly RABBITMQ_USER?: string;

  @Variable({ group: 'Broker', secret: true, description: 'The password of that user.' })
  @IsOptional()
  readonly RABBITMQ_PASSWORD?: string;

  @Variable({ group: 'Broker', default: '/', description: 'The virtual host, with RABBITMQ_HOST.' })
  readonly RABBITMQ_VHOST!: string;

  @Variable({
    group: 'Broker',
    default: 'outbound-processed',
    description:
      'The queue that is consumed. It is made, durable, where it is missing; one that is there stays as it is. What is refused goes to the queue of this name with .dead at its end.',
  })
  readonly RABBITMQ_QUEUE!: string;

  @Integer({
    group: 'Broker',
    default: '200',
    range: [1, 2_000],
    description: 'Messages of the queue that one worker process has in hand at a time.',
  })
  readonly RABBITMQ_PREFETCH!: number;

  @Variable({
    group: 'Broker',
    parse: brokerBindings,
    example: 'user:erp-casa=0199a1b2-0000-7000-8000-000000000001,key:orders.casa=0199a1b2-0000-7000-8000-000000000001',
    description:
      "Whose messages are taken: user:<name>=<tenant id> goes by the message's user-id, which RabbitMQ has checked; key:<routing key>=<tenant id> by its routing key, which is safe only where RabbitMQ's permissions keep tenants to keys of their own.",
  })
  @IsOptional()
  readonly RABBITMQ_BINDINGS?: readonly BrokerBinding[];

  @Variable({
    group: 'Storage',
    default: 'folder',
    description:
      'Where the bytes of media are kept: folder (one that api and worker share), or s3 for a bucket of S3 or of a store that speaks its protocol.',
  })
  @IsIn(['folder', 's3'])
  readonly STORAGE_DRIVER!: 'folder' | 's3';

  @Variable({
    group: 'Storage',
    default: '.parley/media',
    example: '/var/lib/parley/media',
    description: 'The folder, with STORAGE_DRIVER=folder. Every process needs the same one.',
  })
  readonly STORAGE_FOLDER!: string;

  @Variable({
    group: 'Storage',
    example: 'parley-media',
    description: 'The name of the bucket. Needed with STORAGE_DRIVER=s3.',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/, { message: '$property must be the name of a bucket' })
  readonly S3_BUCKET?: string;

  @Variable({
    group: 'Storage',
    default: 'us-east-1',
    example: 'eu-central-1',
    description: 'The region of the bucket. Stores that know no regions take any.',
  })
  readonly S3_REGION!: string;

  @Variable({
    group: 'Storage',
    parse: baseUrl,
    example: 'https://minio.example.internal:9000',
    description: 'The address of a store that is not of AWS. Unset: the endpoint of the region.',
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly S3_ENDPOINT?: string;

  @Variable({
    group: 'Storage',
    secret: true,
    description:
      'The id of the access key, set together with S3_SECRET_ACCESS_KEY. Both unset: what the machine provides (role, profile).',
  })
  @IsOptional()
  readonly S3_ACCESS_KEY_ID?: string;

  @Variable({ group: 'Storage', secret: true, description: 'The secret of the access key.' })
  @IsOptional()
  readonly S3_SECRET_ACCESS_KEY?: string;

  @Variable({
    group: 'Storage',
    default: 'false',
    parse: flag,
    description: 'Whether the bucket stands in the path of its address and not in the host name, as MinIO wants it.',
  })
  readonly S3_FORCE_PATH_STYLE!: boolean;

  /** Whom the module is on for, unless an operator said otherwise. */
  get modulePolicy(): { readonly isOn: boolean; readonly share: number } {
    return { isOn: this.ENABLE_WHATSAPP_MODULE, share: this.ENABLE_WHATSAPP_MODULE_SHARE };
  }

  get isProduction(): boolean {
    return this.NODE_ENV === 'production';
  }

  /** Where a problem's type points: `<docsBase>/errors/<code>`. */
  get docsBase(): string {
    return this.DOCS_URL ?? `${this.PUBLIC_URL}/docs`;
  }

  /** Where the broker is; null where there is none. */
  get broker(): BrokerAddress | null {
    return brokerAddress(this);
  }

  /** How JWTs are verified; null where they are off. */
  get jwt(): JwtSettings | null {
    return jwtSettings(this).settings;
  }

  /** The configuration without its secrets. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(
      declaredVariables().map(({ name, secret }) => [name, secret ? '[hidden]' : this[name as keyof this]]),
    );
  }

  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }
}
