import { Injectable } from '@nestjs/common';
import { TemplateEvents } from '../../graph/templates/template-events.js';
import { TemplateReviews } from '../../graph/templates/template-reviews.js';
import type { Template } from '../../state/account.js';
import { ChangeNumber } from '../change-number.js';
import { ChooseForCustomer } from '../choose-for-customer.js';
import { ControlProblem } from '../control-problem.js';
import type { InboundType } from '../inbound-content.js';
import { PlayCustomer } from '../play-customer.js';
import type { TriggerContext } from './trigger-context.js';

/** An event that comes of what Meta or a customer does here. */
export interface ActedEvent {
  readonly description: string;
  readonly act: (context: TriggerContext) => unknown;
}

/** The events that other routes bring about, too: reviews of templates, messages and wishes of customers. */
@Injectable()
export class ActedEvents {
  readonly events: Readonly<Record<string, ActedEvent>>;

  constructor(
    reviews: TemplateReviews,
    events: TemplateEvents,
    choose: ChooseForCustomer,
    customers: PlayCustomer,
    changes: ChangeNumber,
  ) {
    const write = (type: InboundType, description: string): ActedEvent => ({
      description,
      act: ({ number, customer, reason }) => customers.write(number, customer, { type, text: reason }),
    });
    this.events = {
      'template-approved': onTemplate('Approved', (template) => reviews.approve(template)),
      'template-rejected': onTemplate('Rejected (reason: INVALID_FORMAT, SCAM, ...)', (template, reason) =>
        reviews.reject(template, reason ?? 'INVALID_FORMAT'),
      ),
      'template-paused': onTemplate('Paused for low quality; the third time it is disabled', (template) =>
        reviews.pause(template),
      ),
      'template-unpaused': onTemplate('No longer paused', (template) => reviews.unpause(template)),
      'template-disabled': onTemplate('Disabled', (template) => reviews.disable(template)),
      'template-quality-drop': onTemplate('Its quality falls to RED, which pauses it', (template) =>
        reviews.setQuality(template, 'RED'),
      ),
      'template-components': onTemplate('Its content changed', (template) => events.components(template)),
      'template-recategorized': onTemplate('Meta makes it MARKETING', (template) =>
        reviews.changeCategory(template, 'MARKETING'),
      ),
      'template-category-announced': onTemplate('Meta makes it MARKETING tomorrow', (template) =>
        reviews.announceCategory(template, 'MARKETING'),
      ),
      'user-preferences-stop': {
        description: 'The customer stops marketing messages',
        act: ({ number, customer }) => choose.optOut(number, customer, true),
      },
      'user-preferences-resume': {
        description: 'The customer wants marketing messages again',
        act: ({ number, customer }) => choose.optOut(number, customer, false),
      },
      message: write('text', 'The customer writes (reason: the text)'),
      image: write('image', 'The customer sends a picture'),
      'voice-note': write('audio', 'The customer sends a voice note'),
      document: write('document', 'The customer sends a document'),
      video: write('video', 'The customer sends a film'),
      sticker: write('sticker', 'The customer sends a sticker'),
      contacts: write('contacts', 'The customer sends a card (reason: the name on it)'),
      'button-reply': write('interactive', 'The customer taps a reply button (reason: its title)'),
      'template-button': write('button', 'The customer taps a button of a template (reason: its text)'),
      order: write('order', 'The customer orders out of the catalogue'),
      'number-changed': {
        description: 'The customer moves to another phone number (reason: its digits)',
        act: ({ number, customer, reason }) => changes.change(number, customer, reason ?? nextNumber(customer.phone)),
      },
      location: write('location', 'The customer sends a place'),
      reaction: write('reaction', 'The customer reacts (reason: the emoji)'),
      unsupported: write('unsupported', 'The customer sends a poll, which businesses cannot read'),
    };
  }
}

/** The number after this one, of as many digits. */
function nextNumber(phone: string): string {
  const tail = phone.slice(-4);
  return `${phone.slice(0, -4)}${String((Number(tail) + 1) % 10 ** tail.length).padStart(tail.length, '0')}`;
}

function onTemplate(description: string, act: (template: Template, reason: string | undefined) => void): ActedEvent {
  return {
    description: `A template: ${description}`,
    act: ({ template, reason }) => {
      if (template) return act(template, reason);
      throw new ControlProblem(
        409,
        'template.missing',
        'The account has no template; name another account or make one.',
      );
    },
  };
}
