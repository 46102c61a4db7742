import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../../json.js';
import { Registrations } from '../../state/registrations.js';
import { GraphError } from '../graph-error.js';
import { pageOf, type GraphPage } from '../paging.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { AddNumber } from './add-number.js';
import { NumberNodes } from './number-nodes.js';

/** The numbers of an account. */
@Controller(':wabaId/phone_numbers')
export class PhoneNumbersController {
  constructor(
    private readonly access: TokenAccess,
    private readonly nodes: NumberNodes,
    private readonly addNumber: AddNumber,
    private readonly registrations: Registrations,
  ) {}

  /** The number that was onboarded last comes first. */
  @Get()
  list(
    @Param('wabaId') wabaId: string,
    @Req() request: FastifyRequest,
    @Query('fields') fields?: string,
    @Query('filtering') filtering?: string,
  ): GraphPage {
    const { numbers } = this.access.account(request, wabaId);
    const isWanted = readFilter(filtering);
    const onboardedAt = new Map(
      [...numbers.values()].map((number) => [number, this.registrations.of(number).onboardedAtMs ?? 0]),
    );
    const found = [...numbers.values()]
      .filter((number) => isWanted(this.nodes.all(number)))
      .sort((one, other) => (onboardedAt.get(other) ?? 0) - (onboardedAt.get(one) ?? 0));
    return pageOf(
      found.map((number) => this.nodes.node(number, fields)),
      request,
    );
  }

  @Post()
  @HttpCode(200)
  add(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): { readonly id: string } {
    const account = this.access.account(request, wabaId);
    return { id: this.addNumber.add(account, parametersOf(request)).id };
  }
}

/** Graph's `filtering`: a JSON list of field, operator and value. @throws GraphError 100 */
function readFilter(filtering: string | undefined): (node: JsonObject) => boolean {
  if (filtering === undefined || filtering === '') return () => true;
  const conditions = parse(filtering);
  if (!Array.isArray(conditions) || !conditions.every(isJsonObject)) {
    throw new GraphError(100, { message: '(#100) Param filtering must be a JSON list of conditions' });
  }
  const unknown = conditions.find(({ operator }) => operator !== 'EQUAL');
  if (unknown) throw new GraphError(100, { message: '(#100) Param filtering[].operator must be one of {EQUAL}' });
  return (node) => conditions.every(({ field, value }) => node[String(field)] === value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
