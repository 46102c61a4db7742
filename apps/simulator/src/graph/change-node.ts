import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import type { Account } from '../state/account.js';
import { GraphError, unknownObject } from './graph-error.js';
import { EditNumber } from './numbers/edit-number.js';
import { parametersOf } from './parameters.js';
import { EditTemplate } from './templates/edit-template.js';
import type { Node } from './token-access.js';

/** Changes what an id stands for. */
@Injectable()
export class ChangeNode {
  constructor(
    private readonly editNumber: EditNumber,
    private readonly editTemplate: EditTemplate,
  ) {}

  /** @throws GraphError 100 for what cannot be changed so; of media nothing can be changed */
  async change({ number, account, template }: Node, request: FastifyRequest, id: string): Promise<void> {
    const parameters = parametersOf(request);
    if (number) await this.editNumber.edit(number, parameters);
    else if (template) this.editTemplate.edit(template, parameters);
    else if (account) changeAccount(account, parameters);
    else throw unknownObject(request.method, id);
  }
}

function changeAccount(account: Account, { name, timezone_id: timezoneId }: JsonObject): void {
  if (name !== undefined) {
    if (typeof name !== 'string' || name === '' || name.length > 100) {
      throw new GraphError(100, { message: '(#100) Param name must have 1 to 100 characters' });
    }
    account.name = name;
  }
  if (timezoneId !== undefined) account.timezoneId = String(timezoneId);
}
