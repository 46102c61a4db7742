import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Length } from 'class-validator';
import { Optional } from '../http/optional.js';

const NAME = { minLength: 1, maxLength: 100, examples: ['Trattoria Roma'] };
const ECHO = { description: 'Whether customers get an automatic echo of what they write.', examples: [true] };

export class CreateTenantBody {
  @ApiProperty(NAME)
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional(ECHO)
  @Optional()
  @IsBoolean()
  echoEnabled?: boolean;
}

export class UpdateTenantBody {
  @ApiPropertyOptional(NAME)
  @Optional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional(ECHO)
  @Optional()
  @IsBoolean()
  echoEnabled?: boolean;
}

export class TenantView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000004'] })
  id!: string;

  @ApiProperty({ examples: ['Trattoria Roma'] })
  name!: string;

  @ApiProperty({ enum: ['ACTIVE', 'SUSPENDED'], examples: ['ACTIVE'] })
  state!: string;

  @ApiProperty({ description: 'Whether messages are sent at all.', examples: [true] })
  whatsappEnabled!: boolean;

  @ApiProperty(ECHO)
  echoEnabled!: boolean;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string;
}

export class CreatedTenantView extends TenantView {
  @ApiProperty({
    description: 'A key with every scope of the organisation. It is shown this once.',
    examples: ['parley_live_4fK9mQ2xTb7Z_(32 characters of secret, 6 of checksum)'],
  })
  apiKey!: string;
}

type TenantColumns = Omit<TenantView, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export function tenantView({
  id,
  name,
  state,
  whatsappEnabled,
  echoEnabled,
  createdAt,
  updatedAt,
}: TenantColumns): TenantView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, state, whatsappEnabled, echoEnabled, ...times };
}
