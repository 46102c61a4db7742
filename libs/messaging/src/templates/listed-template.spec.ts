import { listedTemplate } from './listed-template.js';

const node = { id: '1', name: 'order', language: 'en-US', status: 'APPROVED', category: 'UTILITY' };
const at = new Date(0);

describe("a template of Meta's list in our words", () => {
  it('has one spelling of its language and a format', () => {
    expect(listedTemplate(node, at)).toEqual({
      metaId: '1',
      name: 'order',
      language: 'en_US',
      status: { at, value: 'APPROVED', reason: null },
      category: { at, value: 'UTILITY', upcoming: null },
      quality: { at, value: 'UNKNOWN' },
      components: { at, value: '[]', format: 'POSITIONAL' },
    });
  });

  it('is not sendable in a status that nobody knows yet', () => {
    expect(listedTemplate({ ...node, status: 'HOLD' }, at).status).toMatchObject({ value: 'PENDING' });
  });

  it('is over while Meta waits for the last messages of a deleted one', () => {
    expect(listedTemplate({ ...node, status: 'PENDING_DELETION' }, at).status).toMatchObject({ value: 'DISABLED', reason: 'REMOVED' });
  });

  it('reads NONE as no reason', () => {
    expect(listedTemplate({ ...node, rejected_reason: 'NONE' }, at).status).toMatchObject({ reason: null });
    expect(listedTemplate({ ...node, rejected_reason: 'SCAM' }, at).status).toMatchObject({ reason: 'SCAM' });
  });

  it('is the same at each reading, though the example of its picture moves', () => {
    const header = (address: string) => [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: [address] } },
      { type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ana']] } },
    ];
    const [first, second] = ['https://cdn/1', 'https://cdn/2'].map((address) => listedTemplate({ ...node, components: header(address) }, at));
    expect(first).toEqual(second);
    expect(first?.components?.value).toContain('body_text');
  });
});
