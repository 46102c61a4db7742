import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import { TemplateReviews } from '../../apps/simulator/src/graph/templates/template-reviews.js';
import { Accounts } from '../../apps/simulator/src/state/accounts.js';
import type { Template } from '../../apps/simulator/src/state/account.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { OTHER, refusalOf, SimulatedMeta, WABA } from '../support/simulated-meta.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const STATUS = 'message_template_status_update';
const BODY = {
  type: 'BODY',
  text: 'Your order {{1}} will be with you on {{2}} at the latest.',
  example: { body_text: [['41', 'Monday']] },
};

describe("the simulator's templates", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(async () => {
    await meta.reset();
    await meta.control('PUT', '/settings', { templateReviewDelayMs: { min: 0, max: 0 } });
  });

  const later = (ms: number): void => meta.service(Timers).advance(ms);
  const reviews = (): TemplateReviews => meta.service(TemplateReviews);

  function create(template: Json = {}, wabaId: string = WABA, key?: string): Promise<RestAnswer> {
    const body = { name: 'order_on_its_way', language: 'en_US', category: 'UTILITY', components: [BODY], ...template };
    return meta.graph('POST', `${wabaId}/message_templates`, { body, ...(key !== undefined && { key }) });
  }

  /** The id of a template that was created and approved. */
  async function approved(template: Json = {}): Promise<string> {
    const before = (await meta.toldOf(STATUS, 0)).length;
    const { body } = await create(template);
    await meta.toldOf(STATUS, before + 1);
    return String(body['id']);
  }

  function known(id: string): Template {
    const template = meta.service(Accounts).findTemplate(id);
    if (!template) throw new Error(`no template ${id}`);
    return template;
  }

  async function statusOf(id: string): Promise<unknown> {
    return (await meta.graph('GET', `${id}?fields=status`)).body['status'];
  }

  it('reviews what was created, tells the verdict and shows it in the list', async () => {
    const { status, body } = await create();
    expect([status, body]).toEqual([200, { id: expect.any(String), status: 'PENDING', category: 'UTILITY' }]);
    expect(await meta.toldOf(STATUS)).toEqual([
      {
        event: 'APPROVED',
        reason: 'NONE',
        message_template_id: Number(body['id']),
        message_template_name: 'order_on_its_way',
        message_template_language: 'en-US',
        message_template_category: 'UTILITY',
      },
    ]);
    const list = await meta.graph('GET', `${WABA}/message_templates?status=approved&name=order`);
    expect(list.body['data']).toEqual([
      {
        id: body['id'],
        name: 'order_on_its_way',
        language: 'en_US',
        category: 'UTILITY',
        sub_category: 'CUSTOM',
        parameter_format: 'POSITIONAL',
        status: 'APPROVED',
        components: [BODY],
      },
    ]);
  });

  it('rejects with a reason where the seed or a reviewer says so', async () => {
    await meta.control('PUT', '/settings', { templateRejectShare: 1 });
    const id = await approved();
    const { body } = await meta.graph('GET', `${id}?fields=status,rejected_reason`);
    expect(body).toEqual({ id, status: 'REJECTED', rejected_reason: expect.stringMatching(/^[A-Z_]+$/) });

    await meta.control('PUT', '/settings', { templateReviewDelayMs: null });
    const byHand = String((await create({ name: 'by_hand' })).body['id']);
    expect(await statusOf(byHand)).toBe('PENDING');
    reviews().reject(known(byHand), 'SCAM');
    const told = await meta.toldOf(STATUS, 2);
    expect(told[1]).toMatchObject({
      event: 'REJECTED',
      reason: 'SCAM',
      rejection_info: { reason: expect.any(String) },
    });
  });

  it('lets a template rest for 3 hours, then for 6, and disables it the third time', async () => {
    const id = await approved();
    reviews().setQuality(known(id), 'RED');
    expect(await statusOf(id)).toBe('PAUSED');
    later(3 * HOUR_MS);
    expect(await statusOf(id)).toBe('APPROVED');
    reviews().pause(known(id));
    later(3 * HOUR_MS);
    expect(await statusOf(id)).toBe('PAUSED');
    later(3 * HOUR_MS);
    expect(await statusOf(id)).toBe('APPROVED');
    reviews().pause(known(id));
    expect(await statusOf(id)).toBe('DISABLED');
    const told = await meta.toldOf(STATUS, 6);
    const titles = told.map(({ other_info: info }) => (info as Json | undefined)?.['title']);
    expect(titles).toEqual([undefined, 'FIRST_PAUSE', 'UNPAUSE', 'SECOND_PAUSE', 'UNPAUSE', 'DISABLED']);
    expect(await meta.toldOf('message_template_quality_update')).toMatchObject([
      { previous_quality_score: 'UNKNOWN', new_quality_score: 'RED' },
    ]);
    expect(refusalOf(await meta.graph('DELETE', `${WABA}/message_templates?name=order_on_its_way`))).toEqual([
      400, 100,
    ]);
  });

  it('wakes a template that was paused by pacing only when it is asked to', async () => {
    const id = await approved();
    reviews().pause(known(id), true);
    later(DAY_MS);
    expect(await statusOf(id)).toBe('PAUSED');
    expect((await meta.graph('POST', `${id}/unpause`)).body).toEqual({ success: true });
    expect(await statusOf(id)).toBe('APPROVED');
    expect(refusalOf(await meta.graph('POST', `${id}/unpause`))).toEqual([400, 100]);
  });

  it('gives a day of notice before it changes a category', async () => {
    const id = await approved();
    reviews().announceCategory(known(id), 'MARKETING');
    later(DAY_MS);
    expect(await meta.toldOf('template_category_update', 2)).toMatchObject([
      { new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: expect.any(Number) },
      { previous_category: 'UTILITY', new_category: 'MARKETING' },
    ]);
    const { body } = await meta.graph('GET', `${id}?fields=category,previous_category`);
    expect(body).toEqual({ id, category: 'MARKETING', previous_category: 'UTILITY' });
  });

  it('takes an edit back into review, of an approved template once a day and ten times a month', async () => {
    const id = await approved();
    const edit = (): Promise<RestAnswer> =>
      meta.graph('POST', id, { body: { components: [{ ...BODY, text: `${BODY.text} Thank you!` }] } });
    expect((await edit()).body).toEqual({ success: true });
    expect(await meta.toldOf('message_template_components_update')).toMatchObject([
      { message_template_element: `${BODY.text} Thank you!` },
    ]);
    await meta.toldOf(STATUS, 2);
    expect(refusalOf(await edit())).toEqual([400, 100]);
    for (let day = 2; day <= 10; day += 1) {
      later(DAY_MS + 1);
      expect((await edit()).status).toBe(200);
      await meta.toldOf(STATUS, day + 1);
    }
    later(DAY_MS + 1);
    expect(refusalOf(await edit())).toEqual([400, 100]);
  });

  it('edits neither what is under review nor the category of what is approved', async () => {
    const id = await approved();
    expect(refusalOf(await meta.graph('POST', id, { body: { category: 'MARKETING' } }))).toEqual([400, 100]);
    await meta.control('PUT', '/settings', { templateReviewDelayMs: null });
    const pending = String((await create({ name: 'pending' })).body['id']);
    expect(refusalOf(await meta.graph('POST', pending, { body: { components: [BODY] } }))).toEqual([400, 100]);
  });

  it('deletes one language by its id and all by the name, and keeps an approved name for 30 days', async () => {
    const english = await approved();
    const german = await approved({ language: 'de' });
    const path = `${WABA}/message_templates?name=order_on_its_way`;
    expect((await meta.graph('DELETE', `${path}&hsm_id=${english}`)).body).toEqual({ success: true });
    expect([(await meta.graph('GET', english)).status, (await meta.graph('GET', german)).status]).toEqual([400, 200]);
    expect((await meta.graph('DELETE', path)).body).toEqual({ success: true });
    expect(refusalOf(await meta.graph('DELETE', path))).toEqual([400, 100, 2593002]);
    expect(refusalOf(await create())).toEqual([400, 100, 2388023]);
    later(30 * DAY_MS);
    expect((await create()).status).toBe(200);
  });

  it('refuses a name and language that are there, and more than 100 within an hour', async () => {
    expect((await create()).status).toBe(200);
    expect(refusalOf(await create())).toEqual([400, 100, 2388024]);
    for (let index = 1; index < 100; index += 1) await create({ name: `more_${index}` });
    expect(refusalOf(await create({ name: 'one_more' }))).toEqual([400, 80007]);
    expect((await create({}, OTHER.wabaId, OTHER.token)).status).toBe(200);
    later(HOUR_MS);
    expect((await create({ name: 'one_more' })).status).toBe(200);
  });

  it('lets a portfolio that is not verified have 250 templates', async () => {
    const templates = Array.from({ length: 250 }, (_, index) => ({
      name: `kept_${index}`,
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello.' }],
    }));
    await meta.account({ wabaId: WABA, token: 'EAAG-own', templates });
    expect((await create()).status).toBe(200);
    meta.service(Accounts).find(WABA)!.verificationStatus = 'UNVERIFIED';
    expect(refusalOf(await create({ name: 'one_more' }))).toEqual([400, 100, 2388019]);
  });

  it('takes the handle of an upload as the example of a header, and shows an address in its place', async () => {
    const handle = await meta.handle('a picture', 'image/png');
    const header = (one: string, format = 'IMAGE'): Json => ({
      type: 'HEADER',
      format,
      example: { header_handle: [one] },
    });
    const id = String((await create({ components: [header(handle), BODY] })).body['id']);
    const { body } = await meta.graph('GET', `${id}?fields=components`);
    expect(body['components']).toMatchObject([
      { format: 'IMAGE', example: { header_handle: [expect.stringMatching(/^https:\/\/scontent\.whatsapp\.net\//)] } },
      BODY,
    ]);
    const refused = [header('4::made-up'), header(handle, 'VIDEO')];
    for (const [index, one] of refused.entries()) {
      expect(refusalOf(await create({ name: `n${index}`, components: [one, BODY] }))).toEqual([400, 100, 2388047]);
    }
  });

  it("makes authentication templates of Meta's own words, in several languages at once", async () => {
    const components = [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ];
    const body = { name: 'login_code', category: 'AUTHENTICATION', languages: ['en_US', 'pt_BR'], components };
    const { body: made } = await meta.graph('POST', `${WABA}/upsert_message_templates`, { body });
    const [english, portuguese] = made['data'] as { id: string; language: string }[];
    expect([english!.language, portuguese!.language]).toEqual(['en_US', 'pt_BR']);
    const { body: node } = await meta.graph('GET', english!.id);
    expect(node['components']).toMatchObject([
      { type: 'BODY', text: '*{{1}}* is your verification code. For your security, do not share this code.' },
      { type: 'FOOTER', text: 'This code expires in 5 minutes.' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy code', url: expect.stringContaining('code=otp{{1}}') }] },
    ]);
    const query = 'category=AUTHENTICATION&languages=pt_BR&code_expiration_minutes=5&button_types=OTP';
    const previews = await meta.graph('GET', `${WABA}/message_template_previews?${query}`);
    expect(previews.body['data']).toEqual([
      {
        language: 'pt_BR',
        body: 'Seu código de verificação é *{{1}}*.',
        footer: 'Este código expira em 5 minutos.',
        buttons: [{ type: 'OTP', text: 'Copiar código', autofill_text: 'Preencher automaticamente' }],
      },
    ]);
    const withText = { ...body, languages: ['en_US'], components: [{ type: 'BODY', text: 'Your code: {{1}}' }] };
    const refused = await meta.graph('POST', `${WABA}/upsert_message_templates`, { body: withText });
    expect(refusalOf(refused)).toEqual([400, 100]);
  });

  it('keeps accounts apart', async () => {
    const id = await approved();
    const key = OTHER.token;
    expect(refusalOf(await create({}, WABA, key))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('GET', id, { key }))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('POST', id, { key, body: { components: [BODY] } }))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('DELETE', `${WABA}/message_templates?name=x`, { key }))).toEqual([403, 200]);
    expect((await meta.graph('GET', `${OTHER.wabaId}/message_templates`, { key })).body['data']).toEqual([]);
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('pages through a list by cursors, and knows a cursor that is none', async () => {
    for (const name of ['a', 'b', 'c']) await create({ name });
    const first = await meta.graph('GET', `${WABA}/message_templates?limit=2&fields=name`);
    const paging = first.body['paging'] as { next: string; cursors: { after: string } };
    expect(first.body['data']).toHaveLength(2);
    const second = await meta.graph(
      'GET',
      `${WABA}/message_templates?limit=2&fields=name&after=${paging.cursors.after}`,
    );
    expect(second.body['data']).toEqual([{ name: 'c', id: expect.any(String) }]);
    expect(second.body['paging']).not.toHaveProperty('next');
    expect(refusalOf(await meta.graph('GET', `${WABA}/message_templates?after=nowhere`))).toEqual([400, 131059]);
  });
});
