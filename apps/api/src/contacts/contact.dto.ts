import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

const NAME_LENGTH = 200;
const OWN_ID_LENGTH = 128;
const TAG_LENGTH = 63;

/** Which contacts to list. */
export class ContactQuery extends PageQuery {
  @ApiPropertyOptional({ example: '+40723000111', description: 'The contact with this phone number, in E.164.' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;

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
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Ana Pop' })
  @IsOptional()
  @IsString()
  @Length(1, NAME_LENGTH)
  name?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string | null;
}
