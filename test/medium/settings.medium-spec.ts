import { readSettings, SystemDb } from '@parley/data';
import { provenTenant, SETTINGS } from '@parley/domain';
import { TestApi, type TestTenant } from '../support/api.js';

const HOURS = { weekly: { monday: [{ from: '09:00', to: '14:00' }, { from: '17:00', to: '24:00' }] }, holidays: [{ date: '2026-12-25', name: 'Christmas' }] };

describe('settings', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;
  let db: SystemDb;

  beforeAll(async () => {
    api = await TestApi.start();
    db = api.app.get(SystemDb, { strict: false });
    [own, other] = [await api.tenant(), await api.tenant()];
  });
  afterAll(() => api.stop());

  const put = (body: unknown, bearer = own.apiKey) => api.call('PUT', '/v1/settings/business-hours', { bearer, body });
  const get = (path = '', bearer = own.apiKey) => api.call('GET', `/v1/settings/business-hours${path}`, { bearer });
  const asSets = async () => [...(await readSettings(db, 'business-hours', [own.id, other.id].map(provenTenant))).values()];

  it('stand at their defaults until somebody changes them, for that tenant alone and from the next set on', async () => {
    expect((await get()).body).toMatchObject({ version: 0, value: SETTINGS['business-hours'].defaults, updatedBy: null });
    expect((await put(HOURS)).body).toMatchObject({ section: 'business-hours', version: 1, value: HOURS });
    expect((await get()).body).toMatchObject({ version: 1, value: HOURS, updatedBy: expect.stringMatching(/^key:/) as string });
    expect(await asSets()).toEqual([HOURS, SETTINGS['business-hours'].defaults]);
    expect((await get('', other.apiKey)).body).toMatchObject({ version: 0 });
  });

  it('remember who changed what, newest first, and show it to nobody else', async () => {
    await put({ weekly: {}, holidays: [] });
    const { body } = await get('/history');
    expect(body).toMatchObject({ data: [{ before: HOURS, after: { weekly: {}, holidays: [] } }, { before: null, after: HOURS }], hasMore: false });
    expect((await get('/history', other.apiKey)).body).toMatchObject({ data: [] });
  });

  it('refuse what has the wrong shape or makes no sense, and name the place', async () => {
    expect(await put({ weekly: { monday: [{ from: '9', to: '14:00' }] }, holidays: [] })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/weekly/monday/0/from' }] } });
    expect(await put({ weekly: { monday: [{ from: '18:00', to: '02:00' }] }, holidays: [] })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/weekly/monday/0/to' }] } });
    expect(await put({ weekly: {}, holidays: [], lunch: true })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lunch' }] } });
    expect((await get()).body).toMatchObject({ version: 2 });
  });

  it('of the service level may promise nothing, and close nothing that is not idle', async () => {
    const level = { ...SETTINGS['service-level'].defaults, answerMinutes: null };
    const change = (body: object) => api.call('PUT', '/v1/settings/service-level', { bearer: own.apiKey, body });
    expect((await change(level)).body).toMatchObject({ version: 1, value: level });
    expect(await change({ ...level, autoCloseHours: 23 })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/autoCloseHours' }] } });
    expect(await change({ ...level, answerMinutes: 0 })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/answerMinutes' }] } });
  });
});
