import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../../json.js';
import { NumberBelongings } from '../../state/number-belongings.js';
import { Registrations } from '../../state/registrations.js';
import { GraphError } from '../graph-error.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';

const SETTINGS = ['calling', 'user_identity_change', 'payload_encryption', 'storage_configuration'];

const CALLING = {
  status: 'disabled',
  call_icon_visibility: 'visible',
  ip_addresses: { default: [] },
  callback_permission_status: 'disabled',
};

/** The settings of a number. They are kept and shown; of what they change elsewhere the simulator does nothing. */
@Controller(':phoneNumberId/settings')
export class SettingsController {
  constructor(
    private readonly access: TokenAccess,
    private readonly belongings: NumberBelongings,
    private readonly registrations: Registrations,
  ) {}

  @Get()
  read(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): JsonObject {
    const number = this.access.number(request, id, 'whatsapp_business_management');
    const { calling, storage_configuration: storage, ...others } = this.belongings.of(number.id).settings;
    const region = this.registrations.of(number).dataLocalizationRegion;
    const localized = { status: 'in_country_storage_enabled', data_localization_region: region };
    return {
      payload_encryption: { status: 'disabled' },
      ...others,
      calling: { ...CALLING, ...(isJsonObject(calling) && calling) },
      storage_configuration: storage ?? (region === undefined ? { status: 'default' } : localized),
    };
  }

  @Post()
  @HttpCode(200)
  change(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    const number = this.access.number(request, id, 'whatsapp_business_management');
    const entries = Object.entries(parametersOf(request));
    const [first] = entries;
    if (!first) throw new GraphError(100, { message: `(#100) One of ${SETTINGS.join(', ')} is required` });
    for (const [name, value] of entries) {
      if (!SETTINGS.includes(name)) throw new GraphError(100, { message: `(#100) Param ${name} is not known` });
      if (!isJsonObject(value)) throw new GraphError(100, { message: `(#100) Param ${name} must be an object` });
    }
    Object.assign(this.belongings.of(number.id).settings, Object.fromEntries(entries));
    return { success: true };
  }
}
