import { suggestTemplates, type SuggestibleTemplate } from './suggest-templates.js';

const template = (name: string, more: Partial<SuggestibleTemplate> = {}): SuggestibleTemplate => ({
  name,
  language: 'ro',
  category: 'UTILITY',
  quality: 'GREEN',
  parameterFormat: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Bună!' }],
  ...more,
});
const names = (templates: SuggestibleTemplate[], language: string | null) => suggestTemplates(templates, language).map(({ name }) => name);

describe('templates for a closed window', () => {
  it('stand by language, category, what is to be filled in, and quality', () => {
    const one = [{ type: 'BODY', text: 'Bună, {{1}}!' }];
    const templates = [
      template('english', { language: 'en_US' }),
      template('moldova', { language: 'ro_MD' }),
      template('advertising', { category: 'MARKETING' }),
      template('with name', { components: one }),
      template('disliked', { quality: 'RED' }),
      template('b'),
      template('a'),
    ];
    expect(names(templates, 'ro')).toEqual(['a', 'b', 'disliked', 'with name', 'advertising', 'moldova', 'english']);
    expect(names(templates, 'en')[0]).toBe('english');
    expect(names(templates, null)).toContain('english');
  });

  it('leave out codes and what cannot be filled in', () => {
    const offer = [{ type: 'BODY', text: 'x' }, { type: 'LIMITED_TIME_OFFER' }];
    expect(names([template('code', { category: 'AUTHENTICATION' }), template('offer', { components: offer })], 'ro')).toEqual([]);
  });
});
