import { applyTemplateFacts, unknownTemplates, type AccountFacts, type ChangedTemplate, type RoutedAccount, type SystemTx } from '@parley/data';
import { dropInvalidText, TEMPLATE_REMOVED, type TemplateFacts, type WebhookItem } from '@parley/domain';
import type { AccountWork, AppliedItem, TemplateItem } from './inbound-item.js';
import { writtenAt } from './written-at.js';

const KINDS: readonly WebhookItem['kind'][] = ['template-status', 'template-quality', 'template-category', 'template-components'];

export const isTemplateItem = (item: WebhookItem): item is TemplateItem => KINDS.includes(item.kind);

type Work = AccountWork<TemplateItem>;

/**
 * Applies what a set says of templates, through the statement that the sync uses, by Meta's times. By position. What only
 * a list can tell (new components, which webhooks give in part; templates that nobody knows) makes the account's sync due.
 */
export async function applyTemplateItems(tx: SystemTx, works: readonly Work[]): Promise<AppliedItem[]> {
  const said = works.map((work) => (work.item.kind === 'template-components' ? [] : accountFacts(work)));
  const changed = await applyTemplateFacts(tx, said.flat());
  const strange = new Set(await unknownTemplates(tx, said.flat()));
  const unread = works.flatMap((work, at) => (work.item.kind === 'template-components' ? work.accounts : accountsOf(work, said[at]!.filter((one) => strange.has(one)))));
  return works.map((work, at) => {
    const outcome = outcomeOf(work, said[at]!, changed, strange);
    // The set's changes are told with the first of its items.
    return at === 0 ? { outcome, templates: { changed, unread } } : { outcome };
  });
}

function outcomeOf({ item }: Work, said: readonly AccountFacts[], changed: readonly ChangedTemplate[], strange: ReadonlySet<AccountFacts>): AppliedItem['outcome'] {
  if (item.kind === 'template-components') return 'applied';
  const isChanged = said.some(({ tenantId, facts: { name, language } }) =>
    changed.some((one) => one.tenantId === tenantId && one.name === name && one.language === language),
  );
  if (isChanged) return 'applied';
  return said.length === 0 || said.every((one) => strange.has(one)) ? 'stored' : 'duplicate';
}

const accountsOf = ({ accounts }: Work, facts: readonly AccountFacts[]): RoutedAccount[] =>
  accounts.filter(({ id }) => facts.some(({ accountId }) => accountId === id));

function accountFacts(work: Work): AccountFacts[] {
  const facts = factsOf(work);
  return facts === null ? [] : work.accounts.map(({ tenantId, id: accountId }) => ({ tenantId, accountId, facts }));
}

/** null: it names no template. */
function factsOf({ item, eventId }: Work): TemplateFacts | null {
  if (item.kind === 'template-components') return null;
  const { templateId: metaId, name, language } = item.content;
  if (name === null || language === null) return null;
  const silent = { metaId, name: dropInvalidText(name), language: dropInvalidText(language), status: null, category: null, quality: null, components: null };
  const at = item.time ?? writtenAt(eventId);
  switch (item.kind) {
    case 'template-status': {
      const { event, status: value, reason, category } = item.content;
      const isGone = event === 'DELETED' || event === 'PENDING_DELETION';
      return {
        ...silent,
        status: { at, value, reason: isGone ? TEMPLATE_REMOVED : reason && dropInvalidText(reason) },
        category: category && { at, value: category, upcoming: null },
      };
    }
    case 'template-quality':
      return { ...silent, quality: item.content.current === null ? null : { at, value: dropInvalidText(item.content.current) } };
    case 'template-category': {
      const { category: value, upcomingCategory: upcoming } = item.content;
      return { ...silent, category: value && { at, value, upcoming } };
    }
  }
}
