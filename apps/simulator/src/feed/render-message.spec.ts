import type { JsonObject } from '../json.js';
import { renderMessage } from './render-message.js';

const template = (sent: JsonObject[], ...components: JsonObject[]) =>
  renderMessage('template', { template: { components: sent } }, components);
const texts = (...values: string[]): JsonObject[] => values.map((text) => ({ type: 'text', text }));

describe('renderMessage', () => {
  it('fills in by place and by name, and leaves what was not given', () => {
    expect(
      template([{ type: 'body', parameters: texts('Ana') }], { type: 'BODY', text: '{{1}} and {{2}}' }),
    ).toMatchObject({ text: 'Ana and {{2}}' });
    const named = [{ type: 'text', parameter_name: 'day', text: 'Monday' }];
    expect(template([{ type: 'body', parameters: named }], { type: 'BODY', text: 'See you on {{day}}' })).toMatchObject(
      { text: 'See you on Monday' },
    );
  });

  it("shows Meta's fallback of a localised parameter", () => {
    const currency = { type: 'currency', currency: { fallback_value: '12,50 lei', code: 'RON', amount_1000: 12_500 } };
    expect(template([{ type: 'body', parameters: [currency] }], { type: 'BODY', text: 'It is {{1}}' })).toMatchObject({
      text: 'It is 12,50 lei',
    });
  });

  it('shows media and places of a header', () => {
    const image = { type: 'image', image: { id: '77' } };
    const location = { type: 'location', location: { latitude: '44.5', longitude: '26.1', name: 'Here' } };
    const body = { type: 'BODY', text: 'x' };
    expect(
      template([{ type: 'header', parameters: [image] }], { type: 'HEADER', format: 'IMAGE' }, body),
    ).toMatchObject({
      media: { kind: 'image', id: '77', voice: false },
    });
    expect(
      template([{ type: 'header', parameters: [location] }], { type: 'HEADER', format: 'LOCATION' }, body),
    ).toMatchObject({
      location: { latitude: 44.5, longitude: 26.1, name: 'Here', address: null },
    });
  });

  it('words a one-time password as Meta does, with a button that copies the code', () => {
    const sent = [
      { type: 'body', parameters: texts('123456') },
      { type: 'button', sub_type: 'url', index: '0', parameters: texts('123456') },
    ];
    const content = template(
      sent,
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 10 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' }] },
    );
    expect(content).toMatchObject({
      text: '123456 is your verification code. For your security, do not share this code.',
      footer: 'This code expires in 10 minutes.',
      buttons: [{ kind: 'copy_code', title: 'Copy', target: '123456' }],
    });
  });

  it('gives a quick reply the payload that was sent, or its own text', () => {
    const buttons = {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Yes' },
        { type: 'QUICK_REPLY', text: 'No' },
      ],
    };
    const sent = [
      { type: 'button', sub_type: 'quick_reply', index: 1, parameters: [{ type: 'payload', payload: 'NO' }] },
    ];
    expect(template(sent, { type: 'BODY', text: 'x' }, buttons).buttons.map(({ id }) => id)).toEqual(['Yes', 'NO']);
  });

  it('shows the cards of a carousel, each with its own parameters', () => {
    const card = (text: string): JsonObject => ({ components: [{ type: 'BODY', text }] });
    const carousel = { type: 'CAROUSEL', cards: [card('First {{1}}'), card('Second {{1}}')] };
    const sentCard = (at: number): JsonObject => ({
      card_index: at,
      components: [{ type: 'body', parameters: texts(`#${at}`) }],
    });
    const sent = [{ type: 'carousel', cards: [sentCard(0), sentCard(1)] }];
    expect(template(sent, carousel).cards.map(({ text }) => text)).toEqual(['First #0', 'Second #1']);
  });

  it.each([
    ['a text', 'text', { text: { body: 'Hi' } }, { text: 'Hi' }],
    [
      'a caption',
      'image',
      { image: { link: 'https://example.com/a.jpg', caption: 'A' } },
      { text: 'A', media: { link: 'https://example.com/a.jpg' } },
    ],
    ['a voice note', 'audio', { audio: { id: '1', voice: true } }, { media: { kind: 'audio', voice: true } }],
    [
      'a pressed button',
      'interactive',
      { interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } } },
      { text: 'Yes' },
    ],
    [
      'a link',
      'interactive',
      {
        interactive: {
          type: 'cta_url',
          body: { text: 'Go' },
          action: { parameters: { display_text: 'Open', url: 'https://example.com' } },
        },
      },
      { text: 'Go', buttons: [{ kind: 'url', title: 'Open', target: 'https://example.com' }] },
    ],
    [
      'a contact',
      'contacts',
      { contacts: [{ name: { formatted_name: 'Ana' }, phones: [{ phone: '+4072' }] }] },
      { contacts: [{ name: 'Ana', phones: ['+4072'] }] },
    ],
    [
      'a reaction',
      'reaction',
      { reaction: { message_id: 'w', emoji: '👍' } },
      { reaction: { wamid: 'w', emoji: '👍' } },
    ],
    ['something of the future', 'hologram', { hologram: {} }, { text: null }],
  ])('shows %s', (_what, type, message, expected) => {
    expect(renderMessage(type, message)).toMatchObject(expected);
  });
});
