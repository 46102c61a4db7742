import { Injectable } from '@nestjs/common';
import { TemplateReviews } from '../graph/templates/template-reviews.js';
import type { Template } from '../state/account.js';
import type { TemplateChangeDto, TemplateReviewDto } from './dto/template.dto.js';

/** Plays Meta's part towards a template, and tells the subscribed apps about it. */
@Injectable()
export class ChangeTemplate {
  constructor(private readonly reviews: TemplateReviews) {}

  /** Puts a template into any state, whatever way Meta would take there. */
  change(template: Template, { status, reason, category, quality }: TemplateChangeDto): Template {
    if (status === 'APPROVED' || status === 'REJECTED') this.review(template, { verdict: status, reason });
    else if (status !== undefined) this.reviews.setStatus(template, status, reason);
    if (category !== undefined) this.reviews.changeCategory(template, category);
    if (quality !== undefined) this.reviews.setQuality(template, quality);
    return template;
  }

  /** Takes one step that Meta takes. */
  review(template: Template, { verdict, reason, category }: TemplateReviewDto): Template {
    switch (verdict) {
      case 'APPROVED':
        this.reviews.approve(template);
        break;
      case 'REJECTED':
        this.reviews.reject(template, reason ?? 'INVALID_FORMAT');
        break;
      case 'PAUSED':
        this.reviews.pause(template);
        break;
      case 'PAUSED_BY_PACING':
        this.reviews.pause(template, true);
        break;
      case 'UNPAUSED':
        this.reviews.unpause(template);
        break;
      case 'DISABLED':
        this.reviews.disable(template);
        break;
      case 'CATEGORY_ANNOUNCED':
        this.reviews.announceCategory(template, category ?? 'MARKETING');
        break;
    }
    return template;
  }
}
