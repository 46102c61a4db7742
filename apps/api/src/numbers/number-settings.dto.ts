import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsEmail, IsIn, IsInt, IsString, IsUrl, Length, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { Optional } from '../http/optional.js';

/** Meta's kinds of business. */
export const VERTICALS = [
  '', 'ALCOHOL', 'APPAREL', 'AUTO', 'BEAUTY', 'EDU', 'ENTERTAIN', 'EVENT_PLAN', 'FINANCE', 'GOVT', 'GROCERY', 'HEALTH', 'HOTEL', 'NONPROFIT',
  'ONLINE_GAMBLING', 'OTC_DRUGS', 'OTHER', 'PHYSICAL_GAMBLING', 'PROF_SERVICES', 'RESTAURANT', 'RETAIL', 'TRAVEL',
] as const;

const WEBSITE = { protocols: ['http', 'https'], require_protocol: true };
/** Meta takes no longer one. */
const MAX_CALLBACK_LENGTH = 200;

/** What customers see of the business. Only what is named changes. */
export class ProfileDto {
  @ApiPropertyOptional({ example: 'Wood-fired pizza since 1987', minLength: 1, maxLength: 139 })
  @Optional()
  @IsString()
  @Length(1, 139)
  about?: string;

  @ApiPropertyOptional({ example: 'Strada Lipscani 12, București', maxLength: 256 })
  @Optional()
  @IsString()
  @MaxLength(256)
  address?: string;

  @ApiPropertyOptional({ example: 'A family restaurant in the old town.', maxLength: 512 })
  @Optional()
  @IsString()
  @MaxLength(512)
  description?: string;

  @ApiPropertyOptional({ example: 'ciao@example.com', maxLength: 128 })
  @Optional()
  @IsEmail()
  @MaxLength(128)
  email?: string;

  @ApiPropertyOptional({ type: [String], example: ['https://example.com'], maxItems: 2 })
  @Optional()
  @IsArray()
  @ArrayMaxSize(2)
  @IsUrl(WEBSITE, { each: true })
  @MaxLength(256, { each: true })
  websites?: string[];

  @ApiPropertyOptional({ enum: VERTICALS, example: 'RESTAURANT' })
  @Optional()
  @IsIn(VERTICALS)
  vertical?: string;

  @ApiPropertyOptional({ example: '4::aW1hZ2U…', description: 'The handle of an uploaded picture.' })
  @Optional()
  @IsString()
  @Length(1, 4096)
  profilePictureHandle?: string;
}

/** How much of the block list is wanted. Meta keeps up to 64,000. */
export class BlockedUsersQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100, description: 'How many people at most.' })
  @Optional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;
}

/** Whom to block, or to take back from the list. */
export class BlockedUsersDto {
  @ApiProperty({
    type: [String],
    example: ['+40723000111'],
    minItems: 1,
    maxItems: 1000,
    description: 'Phone numbers in E.164, or business-scoped user ids. Only who wrote within 24 hours can be blocked.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(140, { each: true })
  users!: string[];
}

/** Where the webhooks of the number's messages go. */
export class WebhookOverrideDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://hooks.example.com/whatsapp',
    maxLength: MAX_CALLBACK_LENGTH,
    description: "A public https address, or null to take the override back. Meta calls it at once, with the token, to verify it.",
  })
  @ValidateIf((_, value) => value !== null)
  @IsString()
  @Length(1, MAX_CALLBACK_LENGTH)
  callbackUrl!: string | null;

  @ApiPropertyOptional({ writeOnly: true, example: 'a-word-that-your-server-knows', description: 'Needed with callbackUrl.' })
  @ValidateIf(({ callbackUrl, verifyToken }: WebhookOverrideDto) => callbackUrl !== null || verifyToken !== undefined)
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'a verify token is 1 to 200 printable ASCII characters without blanks' })
  verifyToken?: string;
}
