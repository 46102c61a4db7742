import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { SCOPES, TOKEN_STATES, type Scope, type TokenState } from '../../state/account.js';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** POST /control/accounts/:wabaId/codes and /tokens */
export class GrantDto {
  @ApiPropertyOptional({ description: "Left out: the account's app, or the only one.", examples: ['2000000000000002'] })
  @IsOptional()
  @Matches(/^\d{1,20}$/)
  readonly appId?: string;

  @ApiPropertyOptional({ enum: SCOPES, isArray: true, description: 'Left out: all.' })
  @IsOptional()
  @IsIn(SCOPES, { each: true })
  readonly scopes?: Scope[];

  @ApiPropertyOptional({ description: 'How long the token lasts; 0, or left out: for ever.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(YEAR_SECONDS)
  readonly lifetimeSeconds?: number;

  @ApiPropertyOptional({ description: 'How long a code can be redeemed; left out: 30.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(YEAR_SECONDS)
  readonly codeLifetimeSeconds?: number;
}

/** POST /control/tokens/revoke */
export class RevokeDto {
  @ApiProperty({ examples: ['EAAx7'] })
  @IsString()
  readonly token!: string;

  @ApiProperty({ enum: TOKEN_STATES })
  @IsIn(TOKEN_STATES)
  readonly state!: TokenState;
}
