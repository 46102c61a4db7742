import { messageBody, templateParameters } from './message-body.js';

describe('the body of a send', () => {
  it('holds a text, or whatever --data says, and what is answered', () => {
    expect(messageBody({ text: 'Hi', replyTo: 'wamid.1' })).toEqual({ text: { body: 'Hi' }, replyTo: 'wamid.1' });
    expect(messageBody({ data: '{"image": {"id": "1"}}' })).toEqual({ image: { id: '1' } });
  });

  it('holds a template with its language', () => {
    expect(messageBody({ template: 'hello', language: 'en_US' })).toEqual({
      template: { name: 'hello', language: 'en_US' },
    });
    expect(messageBody({ template: 'hello', language: 'ro', param: ['Ana'] })).toEqual({
      template: { name: 'hello', language: 'ro', parameters: { body: ['Ana'] } },
    });
  });

  it.each([
    [{}, /exactly one/],
    [{ text: 'Hi', template: 'hello' }, /exactly one/],
    [{ text: 'Hi', param: ['Ana'] }, /goes with --template/],
    [{ template: 'hello' }, /--language/],
    [{ data: '{' }, /--data is no JSON/],
    [{ data: '[]' }, /must be a JSON object/],
  ])('is refused before anything is sent: %j', (said, message) => {
    expect(() => messageBody(said)).toThrow(message);
  });
});

describe('the parameters of a template', () => {
  it.each([
    [['Ana', 'A-1042'], { body: ['Ana', 'A-1042'] }],
    [['first_name=Ana', 'time=19:30'], { body: { first_name: 'Ana', time: '19:30' } }],
    [['2=second', '1=a=b'], { body: ['a=b', 'second'] }],
    [
      ['header.1=A-1', 'Ana', 'button.0=A-1042'],
      { header: ['A-1'], body: ['Ana'], buttons: [{ index: 0, text: 'A-1042' }] },
    ],
    [['https://example.com/?a=b'], { body: ['https://example.com/?a=b'] }],
    [['line one\nline two'], { body: ['line one\nline two'] }],
    [[], {}],
  ])('%j', (params, parameters) => {
    expect(templateParameters(params)).toEqual(parameters);
  });

  it('may not leave a place out', () => {
    expect(() => templateParameters(['1=a', '3=c'])).toThrow(/without a gap/);
  });

  it('name buttons by their place', () => {
    expect(() => templateParameters(['button.first=a'])).toThrow(/place from 0/);
  });
});
