import { ApiProperty } from '@nestjs/swagger';
import type { MetaAppRow } from '@parley/data';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length, Matches } from 'class-validator';

const SECRET_EXAMPLE = '0123456789abcdef0123456789abcdef';

/** The secrets of a Meta app; given, never read back. */
export class ReplaceAppSecretsBody {
  @ApiProperty({
    description: 'The app secret of the app dashboard. While it is being replaced, the new and the old one.',
    type: [String],
    minItems: 1,
    maxItems: 4,
    examples: [[SECRET_EXAMPLE]],
    writeOnly: true,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(4)
  @IsString({ each: true })
  @Length(16, 255, { each: true })
  secrets!: string[];

  @ApiProperty({
    description: 'What Meta must send in the handshake.',
    minLength: 8,
    maxLength: 255,
    examples: ['a-token-of-your-own'],
    writeOnly: true,
  })
  @IsString()
  @Length(8, 255)
  verifyToken!: string;
}

/** Registers a Meta app. */
export class AddAppBody extends ReplaceAppSecretsBody {
  @ApiProperty({
    description: "Meta's app id; webhooks come to /webhooks/whatsapp/{appId}.",
    examples: ['1234567890123456'],
  })
  @IsString()
  @Matches(/^\d{1,32}$/, { message: 'appId must be digits' })
  appId!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, examples: ['Trattoria Roma'] })
  @IsString()
  @Length(1, 100)
  name!: string;
}

/** A Meta app as callers see it: without secrets. */
export class AppView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000001'] })
  id!: string;

  @ApiProperty({ examples: ['1234567890123456'] })
  appId!: string;

  @ApiProperty({ examples: ['Trattoria Roma'] })
  name!: string;

  @ApiProperty({ description: 'Rises by one with each replacement of the secrets.', type: 'integer', examples: [1] })
  version!: number;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string;
}

export function appView(row: Omit<MetaAppRow, 'tenantId'>): AppView {
  return {
    id: row.id,
    appId: row.metaAppId,
    name: row.name,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
