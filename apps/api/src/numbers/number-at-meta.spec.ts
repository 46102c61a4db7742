import {
  WhatsAppAuthError,
  WhatsAppError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  type GraphClient,
  type GraphError,
  type PhoneNumberNode,
  type TokenInfo,
} from '@parley/graph';
import { DomainError } from '@parley/domain';
import { NumberAtMeta } from './number-at-meta.js';

const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];
const claim = { phoneNumberId: '106', wabaId: '104', accessToken: 'EAAtoken' };

type Answers = Partial<{ token: TokenInfo | Error; account: object | Error; numbers: readonly PhoneNumberNode[] | Error; subscribed: Error }>;

/** The one boundary of this class: Meta. */
function meta({ token = {}, account = { id: '104', name: 'Aria' }, numbers = [{ id: '105' }, { id: '106' }], subscribed }: Answers): NumberAtMeta {
  const answer = <T>(value: T | Error): Promise<T> => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  const graph = {
    debugToken: () => answer(token),
    getAccount: () => answer(account),
    async *listPhoneNumbers() {
      yield* await answer(numbers);
    },
    subscribeApp: () => answer(subscribed),
  };
  return new NumberAtMeta(graph as unknown as GraphClient);
}

function graphError(code: number, subcode?: number): GraphError {
  return { httpStatus: 400, code, subcode, title: `(#${code})`, details: undefined, traceId: 'A1', isTransient: false };
}

async function refusalOf(answers: Answers): Promise<DomainError> {
  const error: unknown = await meta(answers).prove(claim).catch((thrown: unknown) => thrown);
  if (error instanceof DomainError) return error;
  throw new Error('The claim was not refused');
}

describe('the proof that token, account and number belong together', () => {
  it('holds for a number in the list of an account that the token may use', async () => {
    const granular = SCOPES.map((scope) => ({ scope, target_ids: ['103', '104'] }));
    const proven = await meta({ token: { is_valid: true, scopes: SCOPES, granular_scopes: granular } }).prove(claim);
    expect(proven).toEqual({ accountName: 'Aria', businessId: null, number: { id: '106' } });
  });

  it('holds for a token that may not be asked about, and for rights without targets', async () => {
    const refused = new WhatsAppError('(#100)', 400, { graph: graphError(100) });
    await expect(meta({ token: refused }).prove(claim)).resolves.toBeDefined();
    await expect(meta({ token: { scopes: SCOPES, granular_scopes: [{ scope: SCOPES[0]! }] } }).prove(claim)).resolves.toBeDefined();
  });

  it.each(SCOPES)('fails without the right %s', async (scope) => {
    const refusal = await refusalOf({ token: { is_valid: true, scopes: SCOPES.filter((one) => one !== scope) } });
    expect(refusal).toMatchObject({ code: 'credential.invalid', detail: expect.stringContaining(scope) as unknown });
  });

  it('fails with number.mismatch when the right is for other accounts', async () => {
    const granular = [{ scope: SCOPES[1]!, target_ids: ['999'] }];
    await expect(refusalOf({ token: { scopes: SCOPES, granular_scopes: granular } })).resolves.toMatchObject({ code: 'number.mismatch' });
  });

  it('fails with number.mismatch when the account has no such number', async () => {
    await expect(refusalOf({ numbers: [{ id: '105' }] })).resolves.toMatchObject({
      code: 'number.mismatch',
      errors: [{ pointer: '/phoneNumberId' }],
    });
  });

  it.each([
    ['an expired token', new WhatsAppAuthError('expired', 401, { graph: graphError(190, 463) }), 'credential.invalid', 190],
    ['a missing permission', new WhatsAppAuthError('lacks', 403, { graph: graphError(10) }), 'credential.invalid', 10],
    ['an account of others', new WhatsAppAuthError('no', 403, { graph: graphError(200) }), 'number.mismatch', 200],
    ['an account that is none', new WhatsAppError('no', 400, { graph: graphError(100, 33) }), 'number.mismatch', 100],
    ['another refusal', new WhatsAppError('no', 400, { graph: graphError(131031) }), 'graph.refused', 131031],
  ])("tells the cause of %s with Meta's code and trace id", async (_, account, code, graphCode) => {
    const refusal = await refusalOf({ account });
    expect(refusal).toMatchObject({ code, context: { graphCode, traceId: 'A1' } });
  });

  it('does not blame the token when Meta cannot be reached or is too busy', async () => {
    const away = new WhatsAppNetworkError('WhatsApp gave no answer.', 'connect-timeout');
    await expect(refusalOf({ token: away })).resolves.toMatchObject({ code: 'graph.unavailable' });
    await expect(refusalOf({ numbers: away })).resolves.toMatchObject({ code: 'graph.unavailable' });
    const busy = new WhatsAppRateLimitError('slow down', 90, { graph: graphError(80007) });
    await expect(refusalOf({ account: busy })).resolves.toMatchObject({ code: 'graph.unavailable', retryAfterSeconds: 90 });
  });

  it('never carries the token', async () => {
    const refusal = await refusalOf({ account: new WhatsAppAuthError('expired', 401, { graph: graphError(190) }) });
    expect(JSON.stringify(refusal)).not.toContain(claim.accessToken);
  });
});

it('a subscription that Meta refuses is told with its code', async () => {
  const refused = new WhatsAppAuthError('no', 403, { graph: graphError(10) });
  await expect(meta({ subscribed: refused }).subscribe(claim)).rejects.toMatchObject({ code: 'credential.invalid', context: { graphCode: 10 } });
});
