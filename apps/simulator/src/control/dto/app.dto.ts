import { IsBoolean, IsNotEmpty, IsOptional, IsString, IsUrl, Matches } from 'class-validator';

/** POST /control/apps */
export class AppDto {
  @Matches(/^\d{1,20}$/)
  readonly appId!: string;

  @IsString()
  @IsNotEmpty()
  readonly appSecret!: string;

  @IsString()
  @IsNotEmpty()
  readonly verifyToken!: string;

  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  readonly callbackUrl!: string;

  /** Takes the app without asking its callback. */
  @IsOptional()
  @IsBoolean()
  readonly skipHandshake?: boolean;
}
