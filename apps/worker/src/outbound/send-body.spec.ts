import fc from 'fast-check';
import { sendBody, withGraphMedia } from './send-body.js';

const OURS = '0199a1b2-0000-7000-8000-000000000001';
const OTHER = '0199a1b2-0000-7000-8000-000000000002';
const IDS = new Map([[OURS, '1037543291543636'], [OTHER, '2037543291543636']]);
const GRAPH = '1037543291543636';

describe('sendBody', () => {
  const message = { payload: { type: 'text', text: { body: 'Hi' } }, recipient: '+40712345678', replyToWamid: null, attemptId: 'a' };

  it('names a recipient by phone number, or by the business-scoped id where that is all there is', () => {
    expect(sendBody(message)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+40712345678',
      type: 'text',
      text: { body: 'Hi' },
      biz_opaque_callback_data: 'a',
    });
    const body = sendBody({ ...message, recipient: 'US.13491208655302741918' });
    expect(body).toMatchObject({ recipient: 'US.13491208655302741918' });
    expect(body).not.toHaveProperty('to');
  });

  it('says what it answers', () => {
    expect(sendBody({ ...message, replyToWamid: 'wamid.X' })).toMatchObject({ context: { message_id: 'wamid.X' } });
    expect(sendBody(message)).not.toHaveProperty('context');
  });
});

describe('withGraphMedia', () => {
  it("puts Meta's id wherever a payload names a media, and leaves all else as it is", () => {
    expect(withGraphMedia({ type: 'document', document: { id: OURS, filename: 'a.pdf', caption: 'A' } }, IDS)).toEqual({
      type: 'document',
      document: { id: GRAPH, filename: 'a.pdf', caption: 'A' },
    });
    const interactive = { type: 'button', body: { text: 'x' }, action: { buttons: [{ type: 'reply', reply: { id: OURS, title: 'x' } }] } };
    expect(withGraphMedia({ type: 'interactive', interactive: { ...interactive, header: { type: 'video', video: { id: OURS } } } }, IDS)).toEqual({
      type: 'interactive',
      interactive: { ...interactive, header: { type: 'video', video: { id: GRAPH } } },
    });
  });

  it('knows an id in capitals, as the database does', () => {
    const ids = new Map([['0199a1b2-0000-7000-8000-00000000000a', GRAPH]]);
    const payload = { type: 'sticker', sticker: { id: '0199A1B2-0000-7000-8000-00000000000A' } };
    expect(withGraphMedia(payload, ids)).toEqual({ type: 'sticker', sticker: { id: GRAPH } });
  });

  it('reaches the headers of a template and of its cards', () => {
    const header = (id: string) => ({ type: 'header', parameters: [{ type: 'image', image: { id } }] });
    const body = { type: 'body', parameters: [{ type: 'text', text: OURS }] };
    const template = (one: string, two: string) => ({
      type: 'template',
      template: {
        name: 'n',
        language: { code: 'en' },
        components: [header(one), body, { type: 'carousel', cards: [{ card_index: 0, components: [header(two), body] }] }],
      },
    });
    expect(withGraphMedia(template(OURS, OTHER), IDS)).toEqual(template(GRAPH, '2037543291543636'));
  });

  it('leaves links, ids that it does not know, and payloads without media alone', () => {
    for (const payload of [
      { type: 'image', image: { link: 'https://example.com/a.jpg' } },
      { type: 'image', image: { id: GRAPH } },
      { type: 'text', text: { body: OURS } },
      { type: 'contacts', contacts: [{ name: { formatted_name: OURS } }] },
      { type: 'interactive', interactive: { type: 'list', body: { text: OURS }, action: {} } },
      { type: 'template', template: { name: 'n', language: { code: 'en' }, components: [] } },
    ]) {
      expect(withGraphMedia(payload, IDS)).toEqual(payload);
    }
  });

  it('changes nothing without media, whatever the payload is', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => expect(withGraphMedia(payload, new Map())).toBe(payload)));
  });
});
