import { Injectable } from '@nestjs/common';
import { TenantDb, writeTenantAudit, type TenantTx } from '@parley/data';
import { completeSettings, DomainError, SETTINGS, type SettingsSection, type SettingsSections, type TenantId } from '@parley/domain';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import type { SettingsChangeView, SettingsView } from './settings.view.js';

interface StoredSettings {
  version: number;
  value: object;
  updatedBy: string;
  updatedAt: Date;
}

const targetOf = (section: SettingsSection): string => `settings:${section}`;

/** What an organisation decides for itself: read, changed, and remembered who changed it. */
@Injectable()
export class SettingsStore {
  constructor(private readonly db: TenantDb) {}

  /** The section, or its defaults. */
  async read<Section extends SettingsSection>(tenantId: TenantId, section: Section): Promise<SettingsView<SettingsSections[Section]>> {
    const where = { tenantId_section: { tenantId, section } };
    return viewOf(section, await this.db.run(tenantId, async (tx) => (await tx.tenantSetting.findUnique({ where })) as StoredSettings | null));
  }

  /** Puts the value in place of what stood there; it counts from the next message on. @throws request.invalid with the section's faults */
  async change<Section extends SettingsSection>(
    tenantId: TenantId,
    section: Section,
    value: SettingsSections[Section],
    actor: string,
  ): Promise<SettingsView<SettingsSections[Section]>> {
    const errors = SETTINGS[section].check(value);
    if (errors.length > 0) throw new DomainError('request.invalid', errors[0]!.detail, { errors });
    // As it will be read back: without undefined members, and as no class of ours.
    const plain = JSON.parse(JSON.stringify(value)) as object;
    return this.db.run(tenantId, async (tx) => {
      const before = await lockSection(tx, tenantId, section);
      const stored = await put(tx, { tenantId, section, value: plain, actor });
      await writeTenantAudit(tx, { tenantId, actor, action: 'settings.changed', target: targetOf(section), before, after: plain });
      return viewOf(section, stored);
    });
  }

  /** Who changed the section, when, and how; newest first. */
  async history(tenantId: TenantId, section: SettingsSection, query: PageQuery): Promise<Page<SettingsChangeView>> {
    const { where, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, (tx) => tx.auditEntry.findMany({ ...window, where: { ...where, tenantId, target: targetOf(section) } }));
    return pageOf(rows, query, ({ id, actor, before, after, at }) => ({ id, actor, before, after, at: at.toISOString() }));
  }
}

async function lockSection(tx: TenantTx, tenantId: TenantId, section: SettingsSection): Promise<object | null> {
  const rows = await tx.$queryRaw<{ value: object }[]>`
    SELECT value FROM tenant_settings WHERE tenant_id = ${tenantId}::uuid AND section = ${section} FOR UPDATE`;
  return rows[0]?.value ?? null;
}

async function put(tx: TenantTx, change: { tenantId: TenantId; section: SettingsSection; value: object; actor: string }): Promise<StoredSettings> {
  const rows = await tx.$queryRaw<StoredSettings[]>`
    INSERT INTO tenant_settings AS s (tenant_id, section, value, updated_by)
    VALUES (${change.tenantId}::uuid, ${change.section}, ${JSON.stringify(change.value)}::json, ${change.actor})
    ON CONFLICT (tenant_id, section) DO UPDATE
      SET value = excluded.value, updated_by = excluded.updated_by, version = s.version + 1, updated_at = now()
    RETURNING version, value, updated_by AS "updatedBy", updated_at AS "updatedAt"`;
  return rows[0]!;
}

function viewOf<Section extends SettingsSection>(section: Section, stored: StoredSettings | null): SettingsView<SettingsSections[Section]> {
  const value = completeSettings(section, stored?.value ?? null);
  return { section, version: stored?.version ?? 0, value, updatedBy: stored?.updatedBy ?? null, updatedAt: stored?.updatedAt.toISOString() ?? null };
}
