import fc from 'fast-check';
import type { JsonObject } from '@parley/domain';
import { Expressions, RenderBudget } from './expressions.js';
import { FORMAT_FILTERS } from './liquid-filters.js';

const expressions = new Expressions();
const RO = { locale: 'ro', timeZone: 'Europe/Bucharest', currency: 'RON' };
const DATA: JsonObject = { order: { id: 'A-1', total: 125.5, itemCount: 20, note: null, items: [{ name: 'Pizza' }, { name: 'Paste' }] }, customer: { firstName: 'Ana' } };

const render = (text: string, scope: JsonObject = DATA, budget = new RenderBudget(1_000)) => expressions.render(text, { scope, format: RO, budget });
const textOf = (text: string): string => {
  const expressed = render(text);
  return expressed.ok ? expressed.text : `fault: ${expressed.fault.detail}`;
};
const faultOf = (text: string, scope = DATA) => {
  const expressed = render(text, scope);
  return expressed.ok ? null : expressed.fault;
};

describe('expressions', () => {
  it.each([
    ['Comanda {{ order.id }}', 'Comanda A-1'],
    ['{{ order.total | money }}', '125,50 lei'],
    ['{{ order.total | money: "EUR" }}', '125,50 EUR'],
    ['{{ order.itemCount | plural: "produs", "produse" }}', '20 de produse'],
    ['{{ order.itemCount | plural: one: "produs", few: "produse", other: "de produse" }}', '20 de produse'],
    ['{{ order.items | map: "name" | list }}', 'Pizza și Paste'],
    ['{{ order.items.size | plural: "fel" , "feluri" }}', '2 feluri'],
    ['{% for item in order.items %}{{ item.name | upcase }} {% endfor %}', 'PIZZA PASTE '],
    ['{{ "2026-11-07T17:30:00Z" | date }}, {{ "2026-11-07T17:30:00Z" | time }}', '7 noiembrie 2026, 19:30'],
    ['{{ customer.lastName | default: "oaspete" }}', 'oaspete'],
    ['{% if customer.lastName %}x{% else %}y{% endif %}', 'y'],
    ['{% assign total = order.total | times: 2 %}{{ total | number }}', '251'],
    ['{{ "+40723000111" | phone }}', '+40 723 000 111'],
    ['{{ "a\tb" | text: 3 }}', 'a b'],
  ])('%s gives %s', (text, written) => {
    expect(textOf(text)).toBe(written);
  });

  it.each([
    ['{{ order.totla }}', '/data/order/totla', 'data.missing'],
    ['{{ supplier.name }}', '/data/supplier/name', 'data.missing'],
    ['{% for item in order.items %}{{ item.price }}{% endfor %}', null, 'data.missing'],
    ['{{ order.id | money }}', '/data/order/id', 'data.invalid'],
    ['{{ order.id | date }} {{ order.total }}', null, 'data.invalid'],
    ['{{ order }}', '/data/order', 'data.invalid'],
    ['{{ order.items }}', '/data/order/items', 'data.invalid'],
    ['{{ order.total | plural: 1, 2, 3, 4 }}', '/data/order/total', 'data.invalid'],
  ])('%s is the fault of %s', (text, pointer, code) => {
    expect(faultOf(text)).toMatchObject({ pointer, code });
  });

  it('see nothing but their data: no prototypes, no files, no other tags and filters', () => {
    for (const text of ['{{ order.constructor }}', '{{ order.__proto__ }}', '{{ order.items.constructor }}', '{{ customer.firstName.constructor }}']) {
      expect([text, faultOf(text)?.code]).toEqual([text, 'data.missing']);
    }
    for (const text of ['{% include "/etc/passwd" %}', '{% render "x" %}', '{% layout "x" %}', '{% capture x %}{% endcapture %}', '{{ order.id | sha256 }}', '{{ order.items | where_exp: "i", "i.name" }}', '{{ order.id', '{% if %}']) {
      expect([text, expressions.faultOf(text)]).toEqual([text, expect.stringMatching(/^This is no valid expression/) as string]);
    }
    expect(FORMAT_FILTERS.map((name) => expressions.faultOf(`{{ order.total | ${name} }}`))).toEqual(FORMAT_FILTERS.map(() => null));
  });

  it('tell nobody what stands in the data', () => {
    const secret = 'sk-very-secret';
    for (const filter of ['money', 'date', 'phone', 'number', 'plural: "a", "b"', 'list', 'divided_by: 0', 'map: "x"', 'round: "x"']) {
      expect(JSON.stringify(faultOf(`{{ a | ${filter} }}`, { a: secret }) ?? '')).not.toContain(secret);
    }
  });
});

describe('conditions', () => {
  const holds = (condition: string) => expressions.holds(condition, { scope: DATA, format: RO, budget: new RenderBudget() });

  it('hold or do not; what is missing does not', () => {
    expect(['order.total > 0', 'order.id == "A-1" and order.itemCount >= 20', 'order.missing', 'order.missing.more > 3', 'not order.missing', 'order.id contains "B"'].map((condition) => holds(condition))).toEqual(
      [true, true, false, false, true, false].map((expected) => ({ ok: true, holds: expected })),
    );
  });

  it.each(['order.total >', 'order.total > 0 and', '> 0', 'order.total > 0 %}{% assign x = 1', 'order.total = 0', 'order.total > 0 && order.id', 'order.total | plus: 1', ''])('%p is none', (condition) => {
    expect(expressions.faultOfCondition(condition)).toContain('A condition compares values');
    expect(holds(condition)).toMatchObject({ ok: false });
  });
});

describe('the limits of expressions', () => {
  it.each([
    ['a loop over a billion', '{% for i in (1..1000000000) %}x{% endfor %}'],
    ['much text', '{% for a in (1..9000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}'],
    ['text that doubles', `{% assign x = "aaaaaaaaaaaaaaaa" %}${'{% assign x = x | append: x %}'.repeat(25)}{{ x }}`],
    ['text that is replaced by more', `{% assign x = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" %}${'{% assign x = x | replace: "a", x %}'.repeat(6)}{{ x }}`],
    ['a list that doubles', `{% assign x = order.items %}${'{% assign x = x | concat: x %}'.repeat(24)}{{ x | size }}`],
  ])('%s ends soon, as too much', (_, text) => {
    const began = performance.now();
    expect(render(text, DATA, new RenderBudget())).toMatchObject({ ok: false, fault: { code: 'expression.too-much' } });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('a loop within a loop is none, however it is written; one after another is', () => {
    const inner = '{%-for b in order.items%}{{ b.name }}{% endfor %}';
    expect(expressions.faultOf(`{% for a in order.items %}${inner}{% endfor %}`)).toContain('a loop inside a loop');
    expect(textOf(`${inner}${inner}`)).toBe('PizzaPastePizzaPaste');
  });

  it('a list that costs much is cut off by the clock', () => {
    const scope = { list: Array.from({ length: 200_000 }, () => 'x') };
    const began = performance.now();
    expect(render('{% for a in list %}{% if a == "y" %}{{ a | upcase | downcase | upcase }}{% endif %}{% endfor %}', scope, new RenderBudget(30))).toMatchObject({ ok: false, fault: { code: 'expression.too-much' } });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('hold for all expressions of a message together', () => {
    expect(render('{{ order.id }}', DATA, new RenderBudget(0))).toMatchObject({ ok: false, fault: { code: 'expression.too-much' } });
  });

  it('an expression is at most as long as the settings take', () => {
    expect(expressions.faultOf('x'.repeat(5_000))).toContain('no valid expression');
  });

  it('whatever somebody writes is answered, in time and with little text', () => {
    const piece = fc.constantFrom('{{ ', ' }}', '{% for i in (1..99999) %}', '{% endfor %}', '{% if order %}', '{% endif %}', 'order', '.', 'items', ' | ', 'append: ', 'order.id', 'concat: x', '{% assign x = order.items %}', 'size', 'money', '"', ':', '[', ']', '-%}', '{%-', '{% raw %}', 'plural: "a", "b"', 'replace: "a", "aa"', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const expressed = render(pieces.join(''), DATA, new RenderBudget(20));
        return expressed.ok ? expressed.text.length <= 4_096 : expressed.fault.detail.length > 0;
      }),
      { numRuns: 1_500 },
    );
  });
});
