import { numberFacts } from './number-facts.js';

describe('what Meta says of a number', () => {
  it.each([
    ['STANDARD', false, 80],
    ['HIGH', false, 1_000],
    ['NOT_APPLICABLE', false, 80],
    ['A_LEVEL_OF_TOMORROW', false, 80],
    ['STANDARD', true, 20],
    ['HIGH', true, 20],
  ])('gives a number of level %s (beside the Business app: %s) its throughput', (level, isOnBusinessApp, perSecond) => {
    const facts = numberFacts({ id: '1', throughput: { level }, is_on_biz_app: isOnBusinessApp });
    expect(facts).toMatchObject({ throughputLevel: level, perSecond });
  });

  it('is read cautiously where Meta leaves something out', () => {
    expect(numberFacts({ id: '1' })).toEqual({
      displayPhoneNumber: '',
      verifiedName: '',
      nameStatus: null,
      status: 'UNKNOWN',
      quality: 'UNKNOWN',
      throughputLevel: 'STANDARD',
      perSecond: 80,
      tier: null,
    });
  });

  it('takes the limit of the portfolio before the deprecated one of the number', () => {
    const both = { whatsapp_business_manager_messaging_limit: 'TIER_10K', messaging_limit_tier: 'TIER_1K' };
    expect(numberFacts({ id: '1', ...both }).tier).toBe('TIER_10K');
    expect(numberFacts({ id: '1', messaging_limit_tier: 'TIER_1K' }).tier).toBe('TIER_1K');
  });
});
