import { checkData, dataSchema } from './notification-data.js';
import { chooseLanguage, dataAt, isNotificationName, NOTIFICATION_TYPES, notificationType } from './notification.js';
import { checkNotifications, DEFAULT_NOTIFICATIONS, expressionsOf, type NotificationMapping } from './settings/notifications-settings.js';

describe('the types that everybody has', () => {
  it.each(NOTIFICATION_TYPES.map((type) => [type.name, type] as const))('%s: its example fits its own shape', (_, type) => {
    expect(checkData(type.data, type.example)).toEqual([]);
    expect(isNotificationName(type.name)).toBe(true);
    expect(dataAt(type.example, type.orderIdAt)).toEqual(expect.any(String));
  });

  it('say of bad data what is wrong and where, and let the tenant’s own members through', () => {
    const { data } = notificationType('order.confirmed');
    const bad = { order: { id: ' ', total: '12,50', items: [{ name: 'Pizza' }, { quantity: 2 }, 'x'], expectedAt: 'soon', own: { a: 1 } }, customer: 'Ana' };
    expect(checkData(data, bad).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/data/order/id', 'field.invalid'],
      ['/data/order/total', 'field.invalid'],
      ['/data/order/items/1/name', 'field.missing'],
      ['/data/order/items/2', 'field.invalid'],
      ['/data/order/expectedAt', 'field.invalid'],
      ['/data/customer', 'field.invalid'],
    ]);
    expect(checkData(data, {})).toMatchObject([{ pointer: '/data/order', detail: 'order is needed here: an object.' }]);
    expect(checkData(data, JSON.parse('{"order": {"id": "1", "total": null}, "__proto__": {"x": 1}}'))).toEqual([]);
  });

  it('are documented by a schema', () => {
    expect(dataSchema(notificationType('order.confirmed').data)).toMatchObject({ required: ['order'], properties: { order: { required: ['id'], properties: { items: { type: 'array' } } } } });
    expect(notificationType('loyalty.points')).toMatchObject({ name: 'loyalty.points', data: {} });
  });
});

describe('the language of a notification', () => {
  const offered = (...languages: string[]) => languages.map((language) => ({ language, approved: true }));

  it('is the first wish that the template has, in its own form or another of the same language', () => {
    expect(chooseLanguage(offered('ro', 'en_US', 'en_GB'), ['en-gb', 'ro'])).toBe('en_GB');
    expect(chooseLanguage(offered('ro', 'en_US'), ['en_GB', 'ro'])).toBe('en_US');
    expect(chooseLanguage(offered('en_US', 'ro'), [undefined, null, 'hu', 'ro'])).toBe('ro');
    expect(chooseLanguage(offered('en_US', 'ro'), ['hu'])).toBe('en_US');
    expect(chooseLanguage([], ['ro'])).toBeNull();
  });

  it('is one that Meta has approved, while there is one', () => {
    const one = [{ language: 'ro', approved: false }, { language: 'en', approved: true }];
    expect(chooseLanguage(one, ['ro'])).toBe('en');
    expect(chooseLanguage(one.slice(0, 1), ['en'])).toBe('ro');
  });
});

describe('the mappings of a tenant', () => {
  const mapping: NotificationMapping = { template: 'comanda_confirmata', languages: ['ro'], parameters: { body: ['{{ order.id }}'], buttons: [{ index: 0, text: '{{ order.id }}' }] } };
  const pointers = (types: Record<string, unknown>) => checkNotifications({ ...DEFAULT_NOTIFICATIONS, types: types as Record<string, NotificationMapping> }).map(({ pointer }) => pointer);

  it('pass when they are complete', () => {
    expect(pointers({ 'order.confirmed': mapping, 'loyalty.points_expiring': { ...mapping, requires: ['/points/total'], validForSeconds: 60 } })).toEqual([]);
    expect(expressionsOf(mapping.parameters, '/p')).toEqual([{ pointer: '/p/body/0', text: '{{ order.id }}' }, { pointer: '/p/buttons/0/text', text: '{{ order.id }}' }]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['a name that is none', { Order: mapping }, ['/types/Order']],
    ['a pointer that has to be escaped', { 'a/b': mapping }, ['/types/a~1b']],
    ['what is no object', { 'order.confirmed': 'x' }, ['/types/order.confirmed']],
    ['what is missing', { 'order.confirmed': {} }, ['/types/order.confirmed/template', '/types/order.confirmed/languages']],
    ['what is unknown', { 'order.confirmed': { ...mapping, colour: 'red' } }, ['/types/order.confirmed/colour']],
    ['two ends', { 'order.confirmed': { ...mapping, validForSeconds: 60, validUntil: '{{ x }}' } }, ['/types/order.confirmed/validForSeconds']],
    ['an expression without end', { 'order.confirmed': { ...mapping, parameters: { body: ['x'.repeat(1_001)] } } }, ['/types/order.confirmed/parameters/body/0']],
    ['more expressions than a template can take', { 'order.confirmed': { ...mapping, parameters: { body: Array.from({ length: 51 }, () => 'x') } } }, ['/types/order.confirmed/parameters']],
    ['bad members', { 'order.confirmed': { ...mapping, enabled: 1, numberId: 'x', condition: '', requires: ['x'], languages: ['Romanian!'] } }, ['enabled', 'languages', 'numberId', 'condition', 'requires'].map((name) => `/types/order.confirmed/${name}`)],
  ])('are refused for %s', (_, types, expected) => {
    expect(pointers(types)).toEqual(expected);
  });

  it('have a section of the right form', () => {
    const section = { defaultLanguage: 'x', currency: 'lei', numberId: '7', types: {} };
    expect(checkNotifications(section).map(({ pointer }) => pointer)).toEqual(['/defaultLanguage', '/currency', '/numberId']);
  });
});
