import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../json.js';
import type { BusinessNumber, Template } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { GraphError } from './graph-error.js';
import { checkTemplateParameters } from './validation/template-parameters.js';

/** Finds the template that a send names, and checks that it may be sent like that. */
@Injectable()
export class SendableTemplates {
  constructor(private readonly accounts: Accounts) {}

  /** @throws GraphError 132001, 132015, 132016, and those of `checkTemplateParameters` */
  require(number: BusinessNumber, requested: unknown): Template {
    if (!isJsonObject(requested) || !isJsonObject(requested['language'])) {
      throw new GraphError(131008, { details: "Required parameter 'template.language' is missing." });
    }
    const name = String(requested['name']);
    const language = String(requested['language']['code']);
    const template = this.accounts.findTemplateByName(number.wabaId, name, language);
    if (!template) throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` });
    requireApproved(template);
    checkTemplateParameters(template.shape, requested['components']);
    return template;
  }
}

function requireApproved({ status, name, language }: Template): void {
  switch (status) {
    case 'APPROVED':
      return;
    case 'PAUSED':
      throw new GraphError(132015, { details: `template (${name}) is paused due to low quality` });
    case 'DISABLED':
      throw new GraphError(132016, { details: `template (${name}) was paused too often and is disabled` });
    default:
      throw new GraphError(132001, { details: `template name (${name}) is not approved in ${language}` });
  }
}
