import { Injectable } from '@nestjs/common';
import { DomainError } from '@parley/domain';
import { GraphClient, type PhoneNumberNode } from '@parley/graph';
import { WebhookApps, type WebhookApp } from '../apps/index.js';
import { askMeta } from '../numbers/graph-refusal.js';
import { NumberAtMeta } from '../numbers/number-at-meta.js';
import { done, skipped, type OnboardingRun, type Step, type StepResult } from './onboarding.js';

/** The first steps: a token, what it may do, and which number of the account is meant. */
@Injectable()
export class TokenSteps implements Record<'exchange-code' | 'check-token' | 'check-number', Step> {
  constructor(
    private readonly graph: GraphClient,
    private readonly meta: NumberAtMeta,
    private readonly apps: WebhookApps,
  ) {}

  /** A code is good for one use, so the token that comes for it is written before anything else is done. */
  readonly 'exchange-code' = async (run: OnboardingRun): Promise<StepResult> => {
    if (run.method === 'token') return skipped('An access token was given.');
    const { code, accessToken, pin } = run.secrets;
    if (accessToken !== undefined) return done('An access token is there.');
    if (code === undefined) return { kind: 'waits', waitsFor: 'code', detail: 'The embedded signup has to give a new code.' };
    const app = await this.appOf(run);
    const exchange = { clientId: app.metaAppId, clientSecret: app.secrets[0] ?? '', code };
    const { access_token: token } = await askMeta(() => this.graph.exchangeCode(exchange));
    return done('The code was exchanged for an access token.', { secrets: { accessToken: token, ...(pin !== undefined && { pin }) } });
  };

  readonly 'check-token' = async (run: OnboardingRun): Promise<StepResult> => {
    const { name = '' } = await this.meta.checkToken(claimOf(run));
    return done(`The token may use the account ${name}`.trimEnd() + '.');
  };

  readonly 'check-number' = async (run: OnboardingRun): Promise<StepResult> => {
    const numbers = await this.meta.listNumbers(claimOf(run));
    const chosen = run.graphNumberId ?? (numbers.length === 1 ? numbers[0]!.id : null);
    if (chosen === null) {
      if (numbers.length === 0) throw mismatch('The account has no phone number yet: add one in WhatsApp Manager.');
      return { kind: 'waits', waitsFor: 'graphNumberId', detail: `The account has several numbers: ${numbers.map(nameOf).join(', ')}.` };
    }
    const number = numbers.find(({ id }) => id === chosen);
    if (!number) throw mismatch('The account has no number of this id.');
    return done(`The number is ${number.display_phone_number ?? number.id}.`, { graphNumberId: number.id });
  };

  /** @throws request.invalid for an app that is neither the platform's nor the tenant's own */
  async appOf({ tenantId, metaAppId }: Pick<OnboardingRun, 'tenantId' | 'metaAppId'>): Promise<WebhookApp> {
    const app = await this.apps.find(metaAppId ?? undefined);
    if (app && (app.tenantId === null || app.tenantId === tenantId)) return app;
    const detail = 'No app of this id is registered here.';
    throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/appId', code: 'app.unknown', detail }] });
  }
}

/** What is asked with: every step after the first has a token. */
export function claimOf({ wabaId, graphNumberId, secrets }: OnboardingRun): { wabaId: string; phoneNumberId: string; accessToken: string } {
  return { wabaId, phoneNumberId: graphNumberId ?? '', accessToken: secrets.accessToken ?? '' };
}

const nameOf = ({ id, display_phone_number: shown = '' }: PhoneNumberNode): string => `${id} (${shown})`;

function mismatch(detail: string): DomainError {
  return new DomainError('number.mismatch', detail, { errors: [{ pointer: '/graphNumberId', code: 'number.mismatch', detail }] });
}
