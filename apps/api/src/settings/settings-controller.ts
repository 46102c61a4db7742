import { Body, Controller, Get, Inject, Injectable, Put, Query, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { DomainError, type FieldError, type SettingsSection, type SettingsSections, type TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { SettingsStore } from './settings-store.js';
import { SettingsChangeView, SettingsView } from './settings.view.js';

/** What only the database or a parser can say of a value; pointers begin at the value. */
export interface SettingsCheck<Section extends SettingsSection> {
  check(tenantId: TenantId, value: SettingsSections[Section]): Promise<FieldError[]>;
}

@Injectable()
export class NoFurtherCheck implements SettingsCheck<SettingsSection> {
  check(): Promise<FieldError[]> {
    return Promise.resolve([]);
  }
}

interface SettingsRoutes<Section extends SettingsSection> {
  section: Section;
  /** What is settled, as the documentation calls it: `your business hours`. */
  title: string;
  /** The model of the value, with its rules. */
  body: Type<SettingsSections[Section]>;
  description?: string;
  /** A provider of the module. */
  check?: Type<SettingsCheck<Section>>;
}

/** `business-hours` → `BusinessHours`. */
const pascal = (section: string): string => section.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The three routes of a section: read it, put it, read who changed it. */
export function settingsController<Section extends SettingsSection>({ section, title, body, description, check = NoFurtherCheck }: SettingsRoutes<Section>): Type<object> {
  const view = {
    schema: {
      allOf: [
        { $ref: getSchemaPath(SettingsView) },
        { type: 'object', required: ['value'], properties: { value: { $ref: getSchemaPath(body) } } },
      ],
    },
  };

  @ApiTags('settings')
  @ApiExtraModels(SettingsView, body)
  @Controller(`settings/${section}`)
  class SectionController {
    constructor(
      @Inject(SettingsStore) private readonly store: SettingsStore,
      @Inject(check) private readonly further: SettingsCheck<Section>,
    ) {}

    @Get()
    @RequireScope('settings:read')
    @ApiOperation({ operationId: `get${pascal(section)}`, summary: `See ${title}`, ...(description && { description }) })
    @ApiOkResponse(view)
    read(@CurrentTenant() tenantId: TenantId): Promise<SettingsView<SettingsSections[Section]>> {
      return this.store.read(tenantId, section);
    }

    @Put()
    @RequireScope('settings:write')
    @ApiOperation({ operationId: `put${pascal(section)}`, summary: `Change ${title}`, description: 'The whole section. It counts from the next message on; the change is in the history.' })
    @ApiOkResponse(view)
    async change(@CurrentTenantCaller() { tenantId, actor }: TenantCaller, @Body() value: SettingsSections[Section]): Promise<SettingsView<SettingsSections[Section]>> {
      const errors = await this.further.check(tenantId, value);
      if (errors.length > 0) throw new DomainError('request.invalid', errors[0]!.detail, { errors });
      return this.store.change(tenantId, section, value, actor);
    }

    @Get('history')
    @RequireScope('settings:read')
    @ApiOperation({ operationId: `list${pascal(section)}Changes`, summary: `See who changed ${title}, and how` })
    @ApiPage(SettingsChangeView)
    history(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<SettingsChangeView>> {
      return this.store.history(tenantId, section, query);
    }
  }
  // The compiler writes Object for a type that is a parameter; validation and documentation need the model.
  Reflect.defineMetadata('design:paramtypes', [Object, body], SectionController.prototype, 'change');
  return SectionController;
}
