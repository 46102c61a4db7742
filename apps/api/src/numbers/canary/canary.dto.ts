import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsString, MaxLength } from 'class-validator';
import { Optional } from '../../http/optional.js';
import { TemplateDto } from '../../messages/message-content.dto.js';

/** How webhooks shall be proven. */
export class CanaryDto {
  @ApiPropertyOptional({
    example: '+40723000111',
    maxLength: 64,
    description: 'Somebody who agreed to be written to, such as your own phone. Without it a template is made and taken back: no customer is needed, and the callback of the app is proven, not an override.',
  })
  @Optional()
  @IsString()
  @MaxLength(64)
  to?: string;

  @ApiPropertyOptional({ type: TemplateDto, description: 'What is sent to them. Without it a short text is, which needs an open window.' })
  @Optional()
  @IsObject()
  template?: TemplateDto;
}
