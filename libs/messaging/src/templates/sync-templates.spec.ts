import { listedTemplate } from './sync-templates.js';

const node = { id: '1', name: 'order', language: 'en-US', status: 'APPROVED', category: 'UTILITY' };

describe("a template of Meta's list in our words", () => {
  it('has one spelling of its language and a format', () => {
    expect(listedTemplate(node)).toEqual({
      metaId: '1',
      name: 'order',
      language: 'en_US',
      category: 'UTILITY',
      status: 'APPROVED',
      parameterFormat: 'POSITIONAL',
      components: '[]',
      quality: 'UNKNOWN',
      rejectedReason: null,
    });
  });

  it('is not sendable in a status that nobody knows yet', () => {
    expect(listedTemplate({ ...node, status: 'HOLD' }).status).toBe('PENDING');
    expect(listedTemplate({ ...node, status: 'PENDING_DELETION' }).status).toBe('DISABLED');
  });

  it('reads NONE as no reason', () => {
    expect(listedTemplate({ ...node, rejected_reason: 'NONE' }).rejectedReason).toBeNull();
    expect(listedTemplate({ ...node, rejected_reason: 'SCAM' }).rejectedReason).toBe('SCAM');
  });

  it('is the same at each reading, though the example of its picture moves', () => {
    const header = (address: string) => [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: [address] } },
      { type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ana']] } },
    ];
    const [first, second] = ['https://cdn/1', 'https://cdn/2'].map((address) => listedTemplate({ ...node, components: header(address) }));
    expect(first).toEqual(second);
    expect(first?.components).toContain('body_text');
  });
});
