import type { TenantTx } from '@parley/data';
import {
  campaignTemplates,
  checkTemplateParameters,
  parameterFormatOf,
  SENDABLE_NUMBER_STATE,
  templateCategoryOf,
  type CampaignVariant,
  type FieldError,
  type TemplateDefinition,
  type TemplateStatus,
  type TenantId,
} from '@parley/domain';
import type { CampaignRow } from './campaign.view.js';

/**
 * What would stop a campaign at its first message: its number, and each template of each variant and locale, with its
 * parameters (fields of recipients stand for some text). What differs by recipient is judged when it is fed.
 */
export async function campaignFaults(tx: TenantTx, tenantId: TenantId, campaign: CampaignRow): Promise<FieldError[]> {
  const number = await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: campaign.phoneNumberId } }, select: { accountId: true, status: true } });
  if (!number) return [{ pointer: '/numberId', code: 'number.not-found', detail: 'No such number is connected.' }];
  const faults: FieldError[] = [];
  if (number.status !== SENDABLE_NUMBER_STATE) faults.push({ pointer: '/numberId', code: 'number.not-sendable', detail: `The number is ${number.status}.` });
  if (campaign.recipients === 0) faults.push({ pointer: '/recipients', code: 'audience.empty', detail: 'The campaign has no recipients.' });
  const wanted = campaignTemplates(campaign.variants as CampaignVariant[]);
  const names = [...new Set(wanted.map(({ name }) => name))];
  const rows = await tx.template.findMany({ where: { tenantId, accountId: number.accountId, name: { in: names } } });
  for (const { pointer, name, language, sample } of wanted) {
    const row = rows.find((one) => one.name === name && one.language === language);
    if (!row) faults.push({ pointer, code: 'template.not-found', detail: 'The account of this number has no template of this name and language.' });
    else if (row.status !== 'APPROVED') faults.push({ pointer, code: 'template.not-approved', detail: `The template is ${row.status}.` });
    else faults.push(...parameterFaults(row, sample, pointer));
  }
  return faults;
}

type TemplateColumns = Pick<TemplateDefinition, 'id' | 'name' | 'language'> & { status: string; category: string; parameterFormat: string; components: unknown };

function parameterFaults(row: TemplateColumns, sample: unknown, pointer: string): FieldError[] {
  const definition: TemplateDefinition = {
    ...row,
    status: row.status as TemplateStatus,
    category: templateCategoryOf(row.category),
    parameterFormat: parameterFormatOf(row.parameterFormat),
    components: (Array.isArray(row.components) ? row.components : []) as TemplateDefinition['components'],
  };
  return checkTemplateParameters(definition, sample as never).map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer.replace(/^\/template/, '')}` }));
}
