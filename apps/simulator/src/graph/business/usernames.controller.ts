import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../json.js';
import type { BusinessNumber, UsernameStatus } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { GraphError } from '../graph-error.js';
import { NumberEvents } from '../numbers/number-events.js';
import { isRegistered } from '../numbers/registration-state.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';

/** 3 to 35 letters, digits, dots and underscores, with a letter among them and no dot at either end. */
const USERNAME = /^(?=.*[a-z])[a-z0-9_](?:[a-z0-9_]|\.(?!\.)){1,33}[a-z0-9_]$/;

/** The names by which people find a business without its number. */
@Controller(':phoneNumberId')
export class UsernamesController {
  constructor(
    private readonly access: TokenAccess,
    private readonly accounts: Accounts,
    private readonly events: NumberEvents,
  ) {}

  @Get('username')
  read(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): JsonObject {
    const { username } = this.number(request, id);
    return username ? { username: username.name, status: username.status } : {};
  }

  /** A number that is not registered yet reserves the name only. */
  @Post('username')
  @HttpCode(200)
  adopt(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly status: UsernameStatus } {
    const number = this.number(request, id);
    const name = String(parametersOf(request)['username'] ?? '').toLowerCase();
    if (!USERNAME.test(name)) {
      throw new GraphError(147001, { details: 'A username has 3 to 35 letters, digits, dots and underscores.' });
    }
    if (this.isTaken(name, number)) throw new GraphError(147002, { details: `${name} is taken.` });
    const status = isRegistered(number) ? 'approved' : 'reserved';
    number.username = { name, status };
    this.events.username(number, status, name);
    return { status };
  }

  @Delete('username')
  drop(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    const number = this.number(request, id);
    if (number.username) {
      delete number.username;
      this.events.username(number, 'deleted');
    }
    return { success: true };
  }

  @Get('username_suggestions')
  suggest(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly data: JsonObject[] } {
    const number = this.number(request, id);
    const stem =
      number.verifiedName
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '_')
        .replaceAll(/^_+|_+$/g, '') || 'business';
    const names = [stem, `${stem}_${number.digits.slice(-4)}`, `${stem}.official`];
    return { data: [{ username_suggestions: names.filter((name) => !this.isTaken(name, number)) }] };
  }

  private isTaken(name: string, by: BusinessNumber): boolean {
    return this.accounts
      .all()
      .some(({ numbers }) => [...numbers.values()].some((number) => number !== by && number.username?.name === name));
  }

  private number(request: FastifyRequest, id: string): BusinessNumber {
    return this.access.number(request, id, 'whatsapp_business_management');
  }
}
