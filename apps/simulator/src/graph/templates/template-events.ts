import { Injectable } from '@nestjs/common';
import { EventFeed } from '../../feed/event-feed.js';
import { isJsonObject, jsonInteger, type JsonObject } from '../../json.js';
import type { QualityRating, Template, TemplateCategory } from '../../state/account.js';
import { WebhookSender } from '../../webhooks/webhook-sender.js';

/** What a change of status says beyond the status. */
export interface StatusChange {
  /** Why, in Meta's terms; null where a template is about to be deleted. */
  readonly reason: string | null;
  readonly otherInfo?: { readonly title: string; readonly description: string };
  readonly rejectionInfo?: { readonly reason: string; readonly recommendation: string };
  /** Unix seconds. */
  readonly disableDate?: number;
}

/** Tells the subscribed apps, and who looks on, what became of a template. */
@Injectable()
export class TemplateEvents {
  constructor(
    private readonly sender: WebhookSender,
    private readonly feed: EventFeed,
  ) {}

  /** A template went into review: apps hear of the verdict only. */
  submitted(template: Template): void {
    this.show(template);
  }

  /** @param event Meta's name of the status, or of the step that led to it, such as `UNARCHIVED` */
  status(template: Template, event: string, change: StatusChange): void {
    const { reason, otherInfo, rejectionInfo, disableDate } = change;
    this.tell(template, 'message_template_status_update', {
      event,
      reason,
      message_template_category: template.category,
      ...(otherInfo && { other_info: otherInfo }),
      ...(rejectionInfo && { rejection_info: rejectionInfo }),
      ...(disableDate !== undefined && { disable_info: { disable_date: disableDate } }),
    });
  }

  quality(template: Template, previous: QualityRating): void {
    this.tell(template, 'message_template_quality_update', {
      previous_quality_score: previous,
      new_quality_score: template.quality,
    });
  }

  category(template: Template, previous: TemplateCategory): void {
    this.tell(template, 'template_category_update', { previous_category: previous, new_category: template.category });
  }

  /** The notice before Meta changes a category: `new_category` is then still the present one. */
  categoryToCome(template: Template, correct: TemplateCategory, atSeconds: number): void {
    this.tell(template, 'template_category_update', {
      new_category: template.category,
      correct_category: correct,
      category_update_timestamp: atSeconds,
    });
  }

  components(template: Template): void {
    const textOf = (type: string): unknown => componentOf(template, type)?.['text'];
    const buttons = componentOf(template, 'BUTTONS')?.['buttons'];
    this.tell(template, 'message_template_components_update', {
      ...(textOf('HEADER') !== undefined && { message_template_title: textOf('HEADER') }),
      message_template_element: textOf('BODY') ?? '',
      ...(textOf('FOOTER') !== undefined && { message_template_footer: textOf('FOOTER') }),
      ...(Array.isArray(buttons) && { message_template_buttons: buttons.filter(isJsonObject).map(buttonOf) }),
    });
  }

  private tell(template: Template, field: string, change: JsonObject): void {
    const value = {
      ...change,
      message_template_id: jsonInteger(template.id),
      message_template_name: template.name,
      // Webhooks write en-US where the API writes en_US.
      message_template_language: template.language.replace('_', '-'),
    };
    this.sender.send({ kind: 'field', wabaId: template.wabaId, field, value });
    this.show(template);
  }

  private show({ wabaId, id, name, language, status, category, quality }: Template): void {
    this.feed.publish('template', { wabaId, id, name, language, status, category, quality });
  }
}

function componentOf({ components }: Template, type: string): JsonObject | undefined {
  return components.find((component) => component['type'] === type);
}

function buttonOf({ type, text, url, phone_number: phone }: JsonObject): JsonObject {
  return {
    message_template_button_type: type,
    message_template_button_text: text,
    ...(url !== undefined && { message_template_button_url: url }),
    ...(phone !== undefined && { message_template_button_phone_number: phone }),
  };
}
