import { Injectable } from '@nestjs/common';
import { jsonInteger, type JsonObject } from '../json.js';
import type { Template } from '../state/account.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import type { TemplateChangeDto } from './dto/account.dto.js';

/** Plays Meta's part towards a template, and tells the subscribed apps about it. */
@Injectable()
export class ChangeTemplate {
  constructor(private readonly sender: WebhookSender) {}

  change(template: Template, { status, reason, category, quality }: TemplateChangeDto): void {
    if (status !== undefined) {
      template.status = status;
      template.rejectedReason = reason ?? 'NONE';
      this.tell(template, 'message_template_status_update', {
        event: status,
        reason: status === 'PENDING_DELETION' ? null : template.rejectedReason,
        message_template_category: template.category,
      });
    }
    if (category !== undefined && category !== template.category) {
      template.previousCategory = template.category;
      template.category = category;
      this.tell(template, 'template_category_update', {
        previous_category: template.previousCategory,
        new_category: category,
      });
    }
    if (quality !== undefined) {
      const previous = template.quality;
      template.quality = quality;
      this.tell(template, 'message_template_quality_update', {
        previous_quality_score: previous,
        new_quality_score: quality,
      });
    }
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
  }
}
