import { IsDefined, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { SIGNATURE_KINDS, type SignatureKind } from '../../webhooks/signature.js';

/** POST /control/webhooks */
export class WebhookDto {
  @Matches(/^\d{1,20}$/)
  readonly appId!: string;

  /** Any JSON, written with Meta's escapes; a string goes out as it is, byte for byte. */
  @IsDefined()
  readonly body!: unknown;

  @IsOptional()
  @IsIn(SIGNATURE_KINDS)
  readonly signature: SignatureKind = 'good';

  /** How often, all at the same time. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly times: number = 1;
}
