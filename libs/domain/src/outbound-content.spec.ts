import fc from 'fast-check';
import type { JsonValue } from './json.js';
import {
  checkSessionContent,
  graphSessionContent,
  mediaOf,
  OUTBOUND_KINDS,
  type OutboundContent,
  type SessionContent,
  type SessionKind,
} from './outbound-content.js';

const MEDIA = '0199a1b2-0000-7000-8000-000000000001';
const LINK = 'https://example.com/a';
const x = (length: number): string => 'x'.repeat(length);

const sessionOf = (kind: SessionKind, content: unknown): SessionContent => ({ kind, content }) as SessionContent;
const faultsOf = (kind: SessionKind, content: unknown): string[] =>
  checkSessionContent(sessionOf(kind, content)).map(({ pointer, code }) => `${pointer} ${code}`);

const replies = (...titles: string[]) => titles.map((title, place) => ({ reply: { id: `b${place}`, title } }));
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, place) => ({ id: `r${from + place}`, title: `Row ${place}` }));
const button = (changes: object = {}) => ({ type: 'button', body: { text: 'Well?' }, action: { buttons: replies('Yes') }, ...changes });
const list = (sections: unknown, changes: object = {}) => ({ type: 'list', body: { text: 'Which?' }, action: { button: 'Choose', sections }, ...changes });
const link = (parameters: object, changes: object = {}) => ({
  type: 'cta_url',
  body: { text: 'See' },
  action: { parameters: { displayText: 'Open', url: LINK, ...parameters } },
  ...changes,
});
const flow = (parameters: object) => ({ type: 'flow', body: { text: 'Book' }, action: { parameters: { flowId: '1', flowCta: 'Book', ...parameters } } });
const ana = { formattedName: 'Ana Pop', firstName: 'Ana' };

/** Kind, what is given, and the member of the request to Meta that is named after the kind. */
const RIGHT: readonly [SessionKind, unknown, JsonValue][] = [
  ['text', { body: x(4096) }, { body: x(4096), preview_url: false }],
  ['text', { body: LINK, previewUrl: true }, { body: LINK, preview_url: true }],
  ['image', { id: MEDIA, caption: x(1024) }, { id: MEDIA, caption: x(1024) }],
  ['image', { link: LINK }, { link: LINK }],
  ['video', { link: LINK, caption: 'See' }, { link: LINK, caption: 'See' }],
  ['audio', { id: MEDIA, voice: true }, { id: MEDIA, voice: true }],
  ['document', { id: MEDIA, filename: 'a.pdf', caption: 'A' }, { id: MEDIA, filename: 'a.pdf', caption: 'A' }],
  ['sticker', { id: MEDIA }, { id: MEDIA }],
  ['location', { latitude: 44.43, longitude: -0.0000001 }, { latitude: '44.43', longitude: '0' }],
  [
    'location',
    { latitude: -90, longitude: 180, name: 'Here', address: 'Str. 1' },
    { latitude: '-90', longitude: '180', name: 'Here', address: 'Str. 1' },
  ],
  ['contacts', [{ name: ana }], [{ name: { formatted_name: 'Ana Pop', first_name: 'Ana' } }]],
  [
    'contacts',
    [
      {
        name: { ...ana, middleName: 'M', lastName: 'Pop', prefix: 'Dr', suffix: 'Jr' },
        phones: [{ phone: '+40723000111', type: 'WORK', waId: '40723000111' }],
        emails: [{ email: 'ana@example.com', type: 'HOME' }],
        urls: [{ url: LINK, type: 'WORK' }],
        addresses: [{ street: 'S', city: 'C', state: 'B', zip: '1', country: 'România', countryCode: 'ro', type: 'HOME' }],
        org: { company: 'T', department: 'D', title: 'Chef' },
        birthday: '1990-05-17',
      },
    ],
    [
      {
        name: { formatted_name: 'Ana Pop', first_name: 'Ana', middle_name: 'M', last_name: 'Pop', prefix: 'Dr', suffix: 'Jr' },
        phones: [{ phone: '+40723000111', type: 'WORK', wa_id: '40723000111' }],
        emails: [{ email: 'ana@example.com', type: 'HOME' }],
        urls: [{ url: LINK, type: 'WORK' }],
        addresses: [{ street: 'S', city: 'C', state: 'B', zip: '1', country: 'România', country_code: 'ro', type: 'HOME' }],
        org: { company: 'T', department: 'D', title: 'Chef' },
        birthday: '1990-05-17',
      },
    ],
  ],
  ['reaction', { messageId: 'wamid.X', emoji: '👍' }, { message_id: 'wamid.X', emoji: '👍' }],
  ['reaction', { messageId: 'wamid.X', emoji: '👩🏽‍🍳' }, { message_id: 'wamid.X', emoji: '👩🏽‍🍳' }],
  ['reaction', { messageId: 'wamid.X', emoji: '❤' }, { message_id: 'wamid.X', emoji: '❤' }],
  ['reaction', { messageId: 'wamid.X', emoji: '🇷🇴' }, { message_id: 'wamid.X', emoji: '🇷🇴' }],
  ['reaction', { messageId: 'wamid.X', emoji: '' }, { message_id: 'wamid.X', emoji: '' }],
  [
    'interactive',
    button({ header: { type: 'document', document: { id: MEDIA, filename: 'a.pdf' } }, footer: { text: x(60) }, action: { buttons: replies(x(20), 'B', 'C') } }),
    {
      type: 'button',
      header: { type: 'document', document: { id: MEDIA, filename: 'a.pdf' } },
      body: { text: 'Well?' },
      footer: { text: x(60) },
      action: {
        buttons: [
          { type: 'reply', reply: { id: 'b0', title: x(20) } },
          { type: 'reply', reply: { id: 'b1', title: 'B' } },
          { type: 'reply', reply: { id: 'b2', title: 'C' } },
        ],
      },
    },
  ],
  [
    'interactive',
    list([{ title: 'A', rows: rows(4) }, { title: 'B', rows: rows(6, 4) }], { body: { text: x(4096) }, header: { type: 'text', text: x(60) } }),
    {
      type: 'list',
      header: { type: 'text', text: x(60) },
      body: { text: x(4096) },
      action: { button: 'Choose', sections: [{ title: 'A', rows: rows(4) }, { title: 'B', rows: rows(6, 4) }] },
    },
  ],
  [
    'interactive',
    link({}, { header: { type: 'image', image: { link: LINK } } }),
    {
      type: 'cta_url',
      header: { type: 'image', image: { link: LINK } },
      body: { text: 'See' },
      action: { name: 'cta_url', parameters: { display_text: 'Open', url: LINK } },
    },
  ],
  [
    'interactive',
    flow({ flowToken: 't', mode: 'draft', flowAction: 'navigate', flowActionPayload: { screen: 'A', data: { flowId: 1 } } }),
    {
      type: 'flow',
      body: { text: 'Book' },
      action: {
        name: 'flow',
        parameters: {
          flow_message_version: '3',
          flow_id: '1',
          flow_cta: 'Book',
          flow_token: 't',
          flow_action: 'navigate',
          // The data is the flow's own: its names stay as they are.
          flow_action_payload: { screen: 'A', data: { flowId: 1 } },
          mode: 'draft',
        },
      },
    },
  ],
  [
    'interactive',
    { type: 'location_request_message', body: { text: x(1024) } },
    { type: 'location_request_message', body: { text: x(1024) }, action: { name: 'send_location' } },
  ],
];

/** Kind, what is given, and where it is wrong. */
const WRONG: readonly [SessionKind, unknown, string[]][] = [
  ['text', 'Hi', ['/text field.invalid']],
  ['text', {}, ['/text/body field.missing']],
  ['text', { body: 7 }, ['/text/body field.invalid']],
  ['text', { body: ' \n' }, ['/text/body content.empty']],
  ['text', { body: x(4097) }, ['/text/body content.too-long']],
  ['text', { body: 'Hi', previewUrl: 'yes' }, ['/text/previewUrl field.invalid']],
  ['text', { body: 'Hi', preview_url: true }, ['/text/preview_url field.unknown']],
  ['image', {}, ['/image field.missing']],
  ['image', { id: MEDIA, link: LINK }, ['/image field.invalid']],
  ['image', { id: 7 }, ['/image/id field.invalid']],
  ['image', { link: 'http://example.com/a.jpg' }, ['/image/link field.invalid']],
  ['image', { link: 'https://' }, ['/image/link field.invalid']],
  ['image', { link: 'https://169.254.169.254/latest/meta-data' }, ['/image/link field.invalid']],
  ['image', { link: LINK, caption: x(1025) }, ['/image/caption content.too-long']],
  ['image', { link: LINK, filename: 'a.jpg' }, ['/image/filename field.unknown']],
  ['video', { link: LINK, caption: '' }, ['/video/caption content.empty']],
  ['audio', { link: LINK, caption: 'x' }, ['/audio/caption field.unknown']],
  ['audio', { link: LINK, voice: 1 }, ['/audio/voice field.invalid']],
  ['document', { link: LINK, filename: ' ' }, ['/document/filename content.empty']],
  ['sticker', { link: LINK, caption: 'x' }, ['/sticker/caption field.unknown']],
  ['location', { latitude: 90.1, longitude: 0 }, ['/location/latitude field.invalid']],
  ['location', { latitude: '44', longitude: 0 }, ['/location/latitude field.invalid']],
  ['location', { latitude: Number.NaN, longitude: -180.5 }, ['/location/latitude field.invalid', '/location/longitude field.invalid']],
  ['location', { latitude: 1 }, ['/location/longitude field.missing']],
  ['contacts', [], ['/contacts content.count-invalid']],
  ['contacts', Array.from({ length: 258 }, () => ({ name: ana })), ['/contacts content.count-invalid']],
  ['contacts', [{}], ['/contacts/0/name field.missing']],
  ['contacts', [{ name: { formattedName: 'Ana' } }], ['/contacts/0/name/firstName field.missing']],
  ['contacts', [{ name: ana }, { name: { firstName: 'Ana' } }], ['/contacts/1/name/formattedName field.missing']],
  ['contacts', [{ name: ana, phones: [{ type: 'WORK' }] }], ['/contacts/0/phones/0/phone field.missing']],
  ['contacts', [{ name: ana, phones: {} }], ['/contacts/0/phones field.invalid']],
  ['contacts', [{ name: ana, emails: [{ email: 7 }] }], ['/contacts/0/emails/0/email field.invalid']],
  ['contacts', [{ name: ana, org: { boss: 'x' } }], ['/contacts/0/org/boss field.unknown']],
  ['contacts', [{ name: ana, birthday: '17.5.1990' }], ['/contacts/0/birthday field.invalid']],
  ['contacts', [{ name: ana, 'a/b': 1 }], ['/contacts/0/a~1b field.unknown']],
  ['reaction', { emoji: '👍' }, ['/reaction/messageId field.missing']],
  ['reaction', { messageId: 'wamid.X' }, ['/reaction/emoji field.missing']],
  ['reaction', { messageId: 'wamid.X', emoji: 'ok' }, ['/reaction/emoji field.invalid']],
  ['reaction', { messageId: 'wamid.X', emoji: '👍👍' }, ['/reaction/emoji field.invalid']],
  ['reaction', { messageId: 'wamid.X', emoji: '7' }, ['/reaction/emoji field.invalid']],
  ['interactive', {}, ['/interactive/type field.missing']],
  ['interactive', { type: 'product' }, ['/interactive/type field.invalid']],
  ['interactive', { type: 'button' }, ['/interactive/body field.missing', '/interactive/action field.missing']],
  ['interactive', button({ body: { text: x(1025) } }), ['/interactive/body/text content.too-long']],
  ['interactive', button({ footer: { text: x(61) } }), ['/interactive/footer/text content.too-long']],
  ['interactive', button({ header: { type: 'text', text: x(61) } }), ['/interactive/header/text content.too-long']],
  ['interactive', button({ header: { text: 'Hi' } }), ['/interactive/header/type field.missing']],
  ['interactive', button({ header: { type: 'image', image: {} } }), ['/interactive/header/image field.missing']],
  ['interactive', button({ header: { type: 'image', text: 'Hi', image: { link: LINK } } }), ['/interactive/header/text field.invalid']],
  ['interactive', button({ header: { type: 'image', image: { link: LINK, caption: 'x' } } }), ['/interactive/header/image/caption field.invalid']],
  ['interactive', button({ action: { buttons: [] } }), ['/interactive/action/buttons content.count-invalid']],
  ['interactive', button({ action: { buttons: replies('A', 'B', 'C', 'D') } }), ['/interactive/action/buttons content.count-invalid']],
  ['interactive', button({ action: { buttons: replies(x(21)) } }), ['/interactive/action/buttons/0/reply/title content.too-long']],
  ['interactive', button({ action: { buttons: replies('A', 'A') } }), ['/interactive/action/buttons/1/reply/title content.duplicate']],
  [
    'interactive',
    button({ action: { buttons: [{ reply: { id: 'a', title: 'A' } }, { reply: { id: 'a', title: 'B' } }] } }),
    ['/interactive/action/buttons/1/reply/id content.duplicate'],
  ],
  ['interactive', button({ action: { buttons: [{ reply: { id: ' a', title: 'A' } }] } }), ['/interactive/action/buttons/0/reply/id field.invalid']],
  ['interactive', button({ action: { buttons: [{ reply: { id: x(257), title: 'A' } }] } }), ['/interactive/action/buttons/0/reply/id content.too-long']],
  ['interactive', button({ action: { buttons: [{ type: 'url', reply: { id: 'a', title: 'A' } }] } }), ['/interactive/action/buttons/0/type field.invalid']],
  ['interactive', list([{ rows: rows(1) }, { rows: rows(1, 1) }]), ['/interactive/action/sections/0/title field.missing', '/interactive/action/sections/1/title field.missing']],
  ['interactive', list([{ title: 'A', rows: rows(5) }, { title: 'B', rows: rows(6, 5) }]), ['/interactive/action/sections content.count-invalid']],
  ['interactive', list([{ title: 'A', rows: rows(2) }, { title: 'B', rows: rows(1, 1) }]), ['/interactive/action/sections/1/rows/0/id content.duplicate']],
  ['interactive', list([{ rows: [] }]), ['/interactive/action/sections/0/rows content.count-invalid']],
  ['interactive', list([{ title: x(25), rows: rows(1) }]), ['/interactive/action/sections/0/title content.too-long']],
  ['interactive', list([{ rows: [{ id: x(201), title: 'A' }] }]), ['/interactive/action/sections/0/rows/0/id content.too-long']],
  ['interactive', list([{ rows: [{ id: 'a', title: x(25) }] }]), ['/interactive/action/sections/0/rows/0/title content.too-long']],
  ['interactive', list([{ rows: [{ id: 'a', title: 'A', description: x(73) }] }]), ['/interactive/action/sections/0/rows/0/description content.too-long']],
  ['interactive', list([{ rows: rows(1) }], { header: { type: 'image', image: { link: LINK } } }), ['/interactive/header/image field.unknown', '/interactive/header/type field.invalid']],
  ['interactive', list([{ rows: rows(1) }], { body: { text: x(4097) } }), ['/interactive/body/text content.too-long']],
  ['interactive', link({ displayText: x(21) }), ['/interactive/action/parameters/displayText content.too-long']],
  ['interactive', link({ url: 'tel:+40' }), ['/interactive/action/parameters/url field.invalid']],
  ['interactive', flow({ flowName: 'book' }), ['/interactive/action/parameters field.invalid']],
  ['interactive', flow({ flowId: undefined }), ['/interactive/action/parameters field.missing']],
  ['interactive', flow({ flowCta: x(31) }), ['/interactive/action/parameters/flowCta content.too-long']],
  ['interactive', flow({ mode: 'live' }), ['/interactive/action/parameters/mode field.invalid']],
  ['interactive', flow({ flowActionPayload: { data: {} } }), ['/interactive/action/parameters/flowActionPayload/screen field.missing', '/interactive/action/parameters/flowActionPayload/data field.invalid']],
  ['interactive', flow({ flowAction: 'data_exchange', flowActionPayload: { screen: 'A' } }), ['/interactive/action/parameters/flowActionPayload field.invalid']],
  ['interactive', { type: 'location_request_message', body: { text: 'Where?' }, header: { type: 'text', text: 'x' } }, ['/interactive/header field.invalid']],
  ['interactive', { type: 'location_request_message', body: { text: 'Where?' }, footer: { text: 'x' } }, ['/interactive/footer field.invalid']],
  ['interactive', { type: 'location_request_message', body: { text: 'Where?' }, action: { name: 'flow' } }, ['/interactive/action/name field.invalid']],
];

describe('content', () => {
  it.each(RIGHT)('takes %s %j', (kind, content, graph) => {
    expect(faultsOf(kind, content)).toEqual([]);
    expect(graphSessionContent(sessionOf(kind, content))).toEqual({ type: kind, [kind]: graph });
  });

  it.each(WRONG)('refuses %s %j where it is wrong', (kind, content, faults) => {
    expect(faultsOf(kind, content).sort()).toEqual([...faults].sort());
  });

  it('is refused, and breaks nothing, whatever it is made of', () => {
    const kinds = fc.constantFrom(...OUTBOUND_KINDS);
    const words = fc.constantFrom('id', 'link', 'body', 'type', 'action', 'header', 'image', 'buttons', 'sections', 'rows', 'name', 'parameters', 'cards', 'button', 'list');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, fc.jsonValue({ maxDepth: 1 }), words, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(words, tie('tree'), { maxKeys: 4 })),
    }));
    fc.assert(
      fc.property(kinds, tree, (kind, content) => {
        const draft = { kind, content: kind === 'template' ? { parameters: content } : content } as OutboundContent;
        for (const { pointer } of mediaOf(draft)) expect(pointer).toMatch(new RegExp(`^/${kind}/`));
        if (draft.kind === 'template') return;
        const faults = checkSessionContent(draft);
        for (const { pointer } of faults) expect(pointer.startsWith(`/${kind}`)).toBe(true);
        // What passed can be written in Meta's shape and read back.
        if (faults.length === 0) expect(JSON.parse(JSON.stringify(graphSessionContent(draft)))).toHaveProperty('type', kind);
      }),
      { numRuns: 1_000 },
    );
  });

  it('says at most fifty things at once', () => {
    expect(faultsOf('contacts', Array.from({ length: 200 }, () => ({})))).toHaveLength(50);
  });

  it.each<[string, OutboundContent, string[]]>([
    ['an image', { kind: 'image', content: { id: MEDIA } }, ['/image/id']],
    ['a link', { kind: 'image', content: { link: LINK } }, []],
    ['a text', { kind: 'text', content: { body: MEDIA } }, []],
    ['a header', { kind: 'interactive', content: button({ header: { type: 'video', video: { id: MEDIA } } }) as never }, ['/interactive/header/video/id']],
    [
      "a template's header and cards",
      { kind: 'template', content: { name: 'n', language: 'en', parameters: { header: { document: { id: MEDIA } }, cards: [{}, { header: { video: { id: MEDIA } } }] } } },
      ['/template/parameters/header/document/id', '/template/parameters/cards/1/header/video/id'],
    ],
  ])('names the media of %s', (_, draft, pointers) => {
    expect(mediaOf(draft).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});
