import { Injectable } from '@nestjs/common';
import { GraphClient, type PhoneNumberNode } from '@parley/graph';
import { askMeta } from '../numbers/graph-refusal.js';
import { NumberAtMeta } from '../numbers/number-at-meta.js';
import type { OpenedNumber } from '../numbers/own-numbers.js';
import { OwnNumbers } from '../numbers/own-numbers.js';
import { RegisterNumber } from '../numbers/register-number.js';
import { StoreNumber } from '../numbers/store-number.js';
import { done, skipped, type OnboardingRun, type Step, type StepResult } from './onboarding.js';
import { claimOf } from './token-steps.js';

/** The steps that make the number ours: row, proof of ownership, registration. Each asks Meta first what is still to be done. */
@Injectable()
export class RegistrationSteps implements Record<'store-number' | 'request-code' | 'verify-code' | 'register', Step> {
  constructor(
    private readonly graph: GraphClient,
    private readonly meta: NumberAtMeta,
    private readonly numbers: StoreNumber,
    private readonly own: OwnNumbers,
    private readonly registration: RegisterNumber,
  ) {}

  /** Proven once more: the row must not rest on what was true when the onboarding began. */
  readonly 'store-number' = async (run: OnboardingRun): Promise<StepResult> => {
    const claim = claimOf(run);
    const proven = await this.meta.prove(claim);
    await this.numbers.refuseTaken(run.tenantId, claim.phoneNumberId);
    const { row, isNew } = await this.numbers.store(run.tenantId, claim, proven);
    return done(isNew ? 'The number is connected.' : 'The number was connected; it has the new token.', { numberId: row.id });
  };

  readonly 'request-code' = async (run: OnboardingRun): Promise<StepResult> => {
    const number = await this.opened(run);
    if (!needsCode(await this.nodeOf(number))) return skipped('Meta asks for no code of this number.');
    const { method, language } = run.verification;
    await askMeta(() => this.graph.requestCode(number.graphId, { method, language }, { token: number.accessToken }));
    return done(method === 'SMS' ? 'Meta sends a code by text message.' : 'Meta calls and speaks a code.');
  };

  readonly 'verify-code' = async (run: OnboardingRun): Promise<StepResult> => {
    const number = await this.opened(run);
    if (!needsCode(await this.nodeOf(number))) return skipped('The number is verified.');
    const { verificationCode: code } = run;
    if (code === null) return { kind: 'waits', waitsFor: 'verificationCode', detail: 'Give the code that came to the number.' };
    await askMeta(() => this.graph.verifyCode(number.graphId, code, { token: number.accessToken }));
    return done('The number is verified.');
  };

  readonly register = async (run: OnboardingRun): Promise<StepResult> => {
    const number = await this.opened(run);
    const node = await this.nodeOf(number);
    // A number of the WhatsApp Business app is registered by the app; registering it here would take it from the owner's phone.
    if (node.is_on_biz_app === true) return skipped('The number lives in the WhatsApp Business app, which registered it.');
    if (isRegistered(node)) return skipped('The number is registered.');
    await this.registration.registerOpened(number, run.secrets.pin);
    return done(run.secrets.pin === undefined ? 'The number is registered, with the PIN that is kept here.' : 'The number is registered.');
  };

  private opened({ tenantId, numberId }: OnboardingRun): Promise<OpenedNumber> {
    return this.own.openAccount(tenantId, numberId ?? '');
  }

  private nodeOf({ graphId, accessToken: token }: OpenedNumber): Promise<PhoneNumberNode> {
    return askMeta(() => this.graph.getPhoneNumber(graphId, { token }));
  }
}

/** CONNECTED sends; the others were registered and are held by Meta for reasons that a new registration does not mend. */
const REGISTERED: ReadonlySet<string | undefined> = new Set(['CONNECTED', 'FLAGGED', 'RESTRICTED', 'RATE_LIMITED', 'BANNED']);

function isRegistered({ status }: PhoneNumberNode): boolean {
  return REGISTERED.has(status);
}

/** Of a number that is registered the proof may have expired; it is not asked for again. */
function needsCode(node: PhoneNumberNode): boolean {
  if (node.is_on_biz_app === true || isRegistered(node)) return false;
  return node.code_verification_status === 'NOT_VERIFIED' || node.code_verification_status === 'EXPIRED';
}
