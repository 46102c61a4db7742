import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ROLE_SCOPES, type Scope } from '@parley/domain';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsISO8601, IsString, Length } from 'class-validator';
import { Optional } from '../http/optional.js';

/** What a tenant's key can be given: everything but other organisations. */
export const KEY_SCOPES: readonly Scope[] = ROLE_SCOPES.admin;

export class CreateKeyBody {
  @ApiProperty({ description: 'What the key is for.', minLength: 1, maxLength: 100, examples: ['Booking system'] })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({
    description: 'What the key may do: at most what the caller may.',
    enum: KEY_SCOPES,
    isArray: true,
    minItems: 1,
    examples: [['messages:write', 'messages:read']],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(KEY_SCOPES.length)
  @ArrayUnique()
  @IsIn(KEY_SCOPES, { each: true })
  scopes!: Scope[];

  @ApiPropertyOptional({
    description: 'When it ends by itself, in the future. Without it, never.',
    format: 'date-time',
    examples: ['2027-11-21T00:00:00Z'],
  })
  @Optional()
  @IsISO8601({ strict: true, strictSeparator: true })
  expiresAt?: string;
}

/** A key as lists show it. The secret is not known any more. */
export class KeyView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000002'] })
  id!: string;

  @ApiProperty({ examples: ['Booking system'] })
  name!: string;

  @ApiProperty({ description: 'How the key begins.', examples: ['parley_live_4fK9mQ2xTb7Z'] })
  prefix!: string;

  @ApiProperty({ enum: KEY_SCOPES, isArray: true, examples: [['messages:write', 'messages:read']] })
  scopes!: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: [null] })
  expiresAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: [null] })
  revokedAt!: string | null;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;
}

export class CreatedKeyView extends KeyView {
  @ApiProperty({
    description: 'The key itself. It is shown this once.',
    examples: ['parley_live_4fK9mQ2xTb7Z_(32 characters of secret, 6 of checksum)'],
  })
  key!: string;
}

interface KeyColumns {
  readonly id: string;
  readonly name: string;
  readonly keyId: string;
  readonly scopes: string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

export function keyView(row: KeyColumns): KeyView {
  return {
    id: row.id,
    name: row.name,
    prefix: `parley_live_${row.keyId}`,
    scopes: row.scopes,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
