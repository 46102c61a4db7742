import { DomainError } from '@parley/domain';
import type { GuardedAnswer, GuardedFetch } from '@parley/http';
import type { AlertMessage } from './alert-message.js';
import { DeliveryFailed } from './delivery-failed.js';
import { letterOf } from './letter.js';
import { slackMessage } from './slack-body.js';

const MS_PER_SECOND = 1_000;
const TOO_MANY = 429;
/** Slack's own words are short: `no_service`, `invalid_payload`. */
const WORD = /^[a-z_]{1,40}$/;

/** Alerts to an incoming webhook of Slack. Its address is given by tenants, hence the guarded way there. */
export class SlackChannel {
  constructor(private readonly http: GuardedFetch) {}

  /** @throws DeliveryFailed */
  async send(url: string, message: AlertMessage): Promise<void> {
    const body = JSON.stringify(slackMessage(letterOf(message)));
    const answer = await this.post(url, body);
    if (answer.status >= 200 && answer.status < 300) return;
    if (answer.status === TOO_MANY) throw new DeliveryFailed('Slack asks for a pause (429).', { retryAfterMs: retryAfterMs(answer) });
    const text = answer.body.toString('utf8').trim();
    const said = WORD.test(text) ? `${answer.status}, ${text}` : String(answer.status);
    // A webhook that was revoked, or an address that is none: asking again changes nothing.
    throw new DeliveryFailed(`Slack refused the message (${said}).`, { permanent: answer.status >= 400 && answer.status < 500 });
  }

  private async post(url: string, body: string): Promise<GuardedAnswer> {
    try {
      return await this.http.fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new DeliveryFailed(error.message, { permanent: error.code === 'url.refused', cause: error });
    }
  }
}

function retryAfterMs({ headers }: GuardedAnswer): number {
  const seconds = Number(headers['retry-after']);
  return (Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) : 1) * MS_PER_SECOND;
}
