import { Module } from '@nestjs/common';
import { GuardedFetch, GuardedFetchModule } from '@parley/http';
import { Config, Metrics, Sealer, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { AlertSender } from './alert-sender.js';
import { AlertTargets } from './alert-targets.js';
import { EmailChannel } from './email-channel.js';
import { LogChannel } from './log-channel.js';
import { SlackChannel } from './slack-channel.js';

/** Provides AlertSender and AlertTargets. It needs the global modules of libs/platform. */
@Module({
  imports: [GuardedFetchModule],
  providers: [
    {
      provide: AlertSender,
      useFactory: (config: Config, http: GuardedFetch, metrics: Metrics, logger: PinoLogger, shutdown: ShutdownSteps) => {
        const email = emailChannel(config);
        if (email) shutdown.add('close-redis', 'alert-emails', () => email.close());
        return new AlertSender({ email, slack: new SlackChannel(http), log: new LogChannel(logger), metrics });
      },
      inject: [Config, GuardedFetch, Metrics, PinoLogger, ShutdownSteps],
    },
    { provide: AlertTargets, useFactory: (sealer: Sealer, config: Config) => new AlertTargets(sealer, config), inject: [Sealer, Config] },
  ],
  exports: [AlertSender, AlertTargets],
})
export class AlertsModule {}

function emailChannel({ SMTP_URL: url, SMTP_REQUIRE_TLS: requireTls, ALERT_EMAIL_FROM: from }: Config): EmailChannel | null {
  return url === undefined ? null : new EmailChannel({ url, requireTls, from });
}
