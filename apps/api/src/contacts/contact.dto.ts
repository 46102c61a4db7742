import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

const NAME_LENGTH = 200;
const OWN_ID_LENGTH = 128;
const TAG_LENGTH = 63;
const IDENTITY_LENGTH = 160;

/** Which contacts to list. */
export class ContactQuery extends PageQuery {
  @ApiPropertyOptional({ example: '+40723000111', description: 'The contact with this phone number, in E.164; other forms of a Brazilian, Mexican or Argentine number count too.' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;

  @ApiPropertyOptional({ example: 'RO.13491208655302741918', description: 'The contact with exactly this id, of any kind.' })
  @IsOptional()
  @IsString()
  @Length(1, IDENTITY_LENGTH)
  identity?: string;

  @ApiPropertyOptional({ example: 'C-1042', description: 'Your own id of the customer.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({ example: 'vip', description: 'Those that have this tag.' })
  @IsOptional()
  @IsString()
  @Length(1, TAG_LENGTH)
  tag?: string;
}

/** What may be changed on a contact; null clears it. */
export class ChangeContactDto {
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Ana Pop', description: 'Your own name for the person, which goes before all others.' })
  @IsOptional()
  @IsString()
  @Length(1, NAME_LENGTH)
  name?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string | null;

  @ApiPropertyOptional({
    type: 'object', additionalProperties: true, nullable: true, example: { allergies: ['nuts'], favouriteTable: 4 },
    description: 'What you want to keep with the person: an object of at most 16 KB.',
  })
  @IsOptional()
  @IsObject()
  context?: Record<string, unknown> | null;
}
