import { readPricing } from './pricing.js';

it('reads what a status says of its price', () => {
  expect(readPricing({ billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication-international' })).toEqual({
    billable: true, model: 'PMP', type: 'regular', category: 'authentication_international',
  });
  expect(readPricing({ billable: 'yes', category: 'service' })).toEqual({ billable: null, model: null, type: null, category: 'service' });
});

it('knows no price without a category', () => {
  expect(readPricing(null)).toBeNull();
  expect(readPricing({ billable: true, type: 'regular' })).toBeNull();
});
