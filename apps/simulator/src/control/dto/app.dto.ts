import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsOptional, IsString, IsUrl, Matches } from 'class-validator';

/** POST /control/apps */
export class AppDto {
  @ApiProperty({ examples: ['2000000000000002'] })
  @Matches(/^\d{1,20}$/)
  readonly appId!: string;

  @ApiProperty({ description: 'Signs the webhooks.', examples: ['shh'] })
  @IsString()
  @IsNotEmpty()
  readonly appSecret!: string;

  @ApiProperty({ description: 'For the handshake.', examples: ['prove-it'] })
  @IsString()
  @IsNotEmpty()
  readonly verifyToken!: string;

  @ApiProperty({ examples: ['http://127.0.0.1:3000/webhooks/whatsapp'] })
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  readonly callbackUrl!: string;

  @ApiPropertyOptional({ description: 'Takes the app without asking its callback.' })
  @IsOptional()
  @IsBoolean()
  readonly skipHandshake?: boolean;
}
