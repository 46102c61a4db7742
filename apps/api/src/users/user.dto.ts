import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';

export const USER_ROLES = ['admin', 'agent'] as const;
export const USER_STATES = ['ACTIVE', 'DISABLED'] as const;

export type UserRole = (typeof USER_ROLES)[number];
export type UserState = (typeof USER_STATES)[number];

/** Registers a person who comes with a JWT. */
export class CreateUserBody {
  @ApiProperty({
    description: 'The claim sub of their JWTs.',
    minLength: 1,
    maxLength: 255,
    examples: ['auth0|5f7c8ec7c33c6c004bbafe82'],
  })
  @IsString()
  @Length(1, 255)
  subject!: string;

  @ApiProperty({ format: 'email', examples: ['ana@trattoria.example'] })
  @IsEmail()
  @MaxLength(254)
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, examples: ['Ana Ionescu'] })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({ enum: USER_ROLES, examples: ['agent'] })
  @IsIn(USER_ROLES)
  role!: UserRole;
}

export class UpdateUserBody {
  @ApiPropertyOptional({ enum: USER_ROLES, examples: ['admin'] })
  @Optional()
  @IsIn(USER_ROLES)
  role?: UserRole;

  @ApiPropertyOptional({
    description: 'A DISABLED user is refused whatever the JWT says.',
    enum: USER_STATES,
    examples: ['DISABLED'],
  })
  @Optional()
  @IsIn(USER_STATES)
  state?: UserState;
}

export class UserView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000003'] })
  id!: string;

  @ApiProperty({ examples: ['auth0|5f7c8ec7c33c6c004bbafe82'] })
  subject!: string;

  @ApiProperty({ examples: ['ana@trattoria.example'] })
  email!: string;

  @ApiProperty({ examples: ['Ana Ionescu'] })
  name!: string;

  @ApiProperty({ enum: USER_ROLES, examples: ['agent'] })
  role!: string;

  @ApiProperty({ enum: USER_STATES, examples: ['ACTIVE'] })
  state!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string;
}

type UserColumns = Omit<UserView, 'createdAt' | 'updatedAt'> & { readonly createdAt: Date; readonly updatedAt: Date };

export function userView({ id, subject, email, name, role, state, createdAt, updatedAt }: UserColumns): UserView {
  return {
    id,
    subject,
    email,
    name,
    role,
    state,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
