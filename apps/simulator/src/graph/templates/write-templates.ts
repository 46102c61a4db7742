import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import { Identifiers } from '../../random/identifiers.js';
import type { Account, Template } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { TemplateNames } from '../../state/template-names.js';
import { templateShape } from '../../state/template-shape.js';
import { GraphError } from '../graph-error.js';
import { readDefinition, type Definition } from './definition/read-definition.js';
import { badParameter, refusal } from './definition/refusals.js';
import { HeaderHandles } from './header-handles.js';
import { TemplateReviews } from './template-reviews.js';

/** Meta: for portfolios that are not verified, and for those that are. */
const MAX_TEMPLATES = { unverified: 250, verified: 6000 } as const;
const MAX_CREATIONS_PER_HOUR = 100;

/** Makes and deletes templates. */
@Injectable()
export class WriteTemplates {
  constructor(
    private readonly accounts: Accounts,
    private readonly names: TemplateNames,
    private readonly reviews: TemplateReviews,
    private readonly handles: HeaderHandles,
    private readonly identifiers: Identifiers,
  ) {}

  /** @throws GraphError 100 with its subcode, 80007 for too many within the hour */
  create(account: Account, body: JsonObject): Template {
    const definition = readDefinition(body, this.handles.knows);
    this.requireRoom(account);
    this.requireFreeName(account, definition);
    return this.add(account, definition);
  }

  /** As `create`, but a template that is there gets the new content. */
  upsert(account: Account, body: JsonObject): Template {
    const definition = readDefinition(body, this.handles.knows);
    const known = this.accounts.findTemplateByName(account.wabaId, definition.name, definition.language);
    if (!known) {
      this.requireRoom(account);
      return this.add(account, definition);
    }
    if (known.category !== definition.category) throw badParameter('The category of the template is another one.');
    this.replaceComponents(known, definition.components);
    return known;
  }

  /** Gives a template other components, and hands it in again. */
  replaceComponents(template: Template, components: readonly JsonObject[]): void {
    template.components = this.handles.published(components);
    template.shape = templateShape(template.components, template.parameterFormat, template.category);
    this.reviews.resubmit(template);
  }

  /** Deletes one language of a template, or all of that name. @throws GraphError 100 */
  delete(account: Account, name: string, id: string | undefined): void {
    const named = [...account.templates.values()].filter((template) => template.name === name);
    const wanted = id === undefined ? named : named.filter((template) => template.id === id);
    if (wanted.length === 0) {
      throw new GraphError(100, {
        message: 'Invalid parameter',
        subcode: 2593002,
        userTitle: 'Message template not found',
        userMessage: `There is no template ${name}${id === undefined ? '' : ` with the id ${id}`}.`,
      });
    }
    if (wanted.some(({ status }) => status === 'DISABLED')) {
      throw badParameter('A template that is disabled can not be deleted.');
    }
    for (const template of wanted) {
      if (['APPROVED', 'PAUSED'].includes(template.status)) this.names.block(template);
      this.accounts.removeTemplate(template);
      this.reviews.setStatus(template, 'DELETED');
    }
  }

  private add(account: Account, definition: Definition): Template {
    const { name, language, category, parameterFormat, ttlSeconds } = definition;
    const components = this.handles.published(definition.components);
    const template: Template = {
      id: this.identifiers.nodeId(),
      wabaId: account.wabaId,
      name,
      language,
      category,
      parameterFormat,
      components,
      status: 'PENDING',
      quality: 'UNKNOWN',
      rejectedReason: 'NONE',
      shape: templateShape(components, parameterFormat, category),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
    };
    this.accounts.putTemplate(template);
    this.names.noteCreation(account);
    this.reviews.submit(template);
    return template;
  }

  private requireRoom(account: Account): void {
    const isVerified = (account.verificationStatus ?? 'VERIFIED') === 'VERIFIED';
    const max = MAX_TEMPLATES[isVerified ? 'verified' : 'unverified'];
    if (account.templates.size >= max) {
      throw refusal('tooManyTemplates', `The account has ${max} templates, which is all that it may have.`);
    }
    if (this.names.createdWithinHour(account) >= MAX_CREATIONS_PER_HOUR) {
      throw new GraphError(80007, {
        details: `An account makes at most ${MAX_CREATIONS_PER_HOUR} templates within an hour.`,
      });
    }
  }

  private requireFreeName({ wabaId }: Account, { name, language }: Definition): void {
    if (this.accounts.findTemplateByName(wabaId, name, language)) {
      throw refusal(
        'alreadyExists',
        `There is already ${language} content for this template. You can create a new template and try again.`,
      );
    }
    if (this.names.isBlocked(wabaId, name, language)) {
      throw refusal('nameBeingDeleted', `${name} in ${language} was deleted; its name is free again after 30 days.`);
    }
  }
}
