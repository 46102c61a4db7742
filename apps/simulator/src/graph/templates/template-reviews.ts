import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../../random/seeded-random.js';
import type { QualityRating, Template, TemplateCategory, TemplateStatus } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { Settings } from '../../state/settings.js';
import { Timers } from '../../webhooks/timers.js';
import { TemplateEvents } from './template-events.js';

const HOUR_MS = 60 * 60 * 1000;

export const REJECTION_REASONS = [
  'ABUSIVE_CONTENT',
  'INCORRECT_CATEGORY',
  'INVALID_FORMAT',
  'PROMOTIONAL',
  'SCAM',
  'TAG_CONTENT_MISMATCH',
] as const;

/** Meta: a template of low quality rests for 3 hours, the second time for 6; the third time it is disabled. */
const PAUSES = [
  { title: 'FIRST_PAUSE', hours: 3 },
  { title: 'SECOND_PAUSE', hours: 6 },
] as const;

/** Meta's part towards a template: review, pauses, categories and quality. Each step is told to the subscribed apps. */
@Injectable()
export class TemplateReviews {
  private readonly random: RandomStream;

  constructor(
    private readonly events: TemplateEvents,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly timers: Timers,
    random: SeededRandom,
  ) {
    this.random = random.stream('reviews');
  }

  /** Puts a template into review; unless reviews are done by hand, the verdict follows by itself. */
  submit(template: Template): void {
    template.status = 'PENDING';
    const round = (template.reviewRound ?? 0) + 1;
    template.reviewRound = round;
    this.events.submitted(template);
    const { templateReviewDelayMs: delay, templateRejectShare } = this.settings.values;
    if (!delay) return;
    const isRejected = this.random.chance(templateRejectShare);
    this.timers.after(this.random.int(delay.min, delay.max), () => {
      if (template.status !== 'PENDING' || template.reviewRound !== round) return;
      if (isRejected) this.reject(template, this.random.pick(REJECTION_REASONS));
      else this.approve(template);
    });
  }

  /** Puts a template into review again, with other components. */
  resubmit(template: Template): void {
    this.events.components(template);
    this.submit(template);
  }

  approve(template: Template): void {
    this.become(template, 'APPROVED', 'NONE');
    this.events.status(template, 'APPROVED', { reason: 'NONE' });
  }

  /** @param reason in Meta's terms, such as `INVALID_FORMAT` */
  reject(template: Template, reason: string): void {
    this.become(template, 'REJECTED', reason);
    this.events.status(template, 'REJECTED', {
      reason,
      rejectionInfo: {
        reason: `The template was rejected: ${reason}.`,
        recommendation: 'Change the template so that it follows the guidelines, and submit it again.',
      },
    });
  }

  /** Lets the template rest; it wakes by itself unless Meta was pacing it. The third time it is disabled. */
  pause(template: Template, pausedByPacing = false): void {
    const count = template.pauseCount ?? 0;
    const pause = PAUSES[count];
    if (!pause) return this.disable(template);
    this.become(template, 'PAUSED', 'NONE');
    template.pauseCount = count + 1;
    template.pausedByPacing = pausedByPacing;
    this.events.status(template, 'PAUSED', {
      reason: 'NONE',
      otherInfo: {
        title: pausedByPacing ? 'RATE_LIMITING_PAUSE' : pause.title,
        description: `The template is paused for ${pause.hours} hours: too many recipients did not like it.`,
      },
    });
    if (pausedByPacing) return;
    this.timers.after(pause.hours * HOUR_MS, () => {
      if (template.status === 'PAUSED' && template.pauseCount === count + 1) this.unpause(template);
    });
  }

  unpause(template: Template): void {
    this.become(template, 'APPROVED', 'NONE');
    this.events.status(template, 'APPROVED', {
      reason: 'NONE',
      otherInfo: { title: 'UNPAUSE', description: 'The template can be sent again.' },
    });
  }

  disable(template: Template): void {
    this.become(template, 'DISABLED', 'NONE');
    this.events.status(template, 'DISABLED', {
      reason: 'NONE',
      otherInfo: { title: 'DISABLED', description: 'The template was paused too often.' },
      disableDate: this.clock.nowSeconds(),
    });
  }

  /** Any status, for those that have no step of their own here. */
  setStatus(template: Template, status: TemplateStatus, reason = 'NONE'): void {
    this.become(template, status, reason);
    this.events.status(template, status, { reason: status === 'PENDING_DELETION' ? null : reason });
  }

  changeCategory(template: Template, category: TemplateCategory): void {
    const previous = template.category;
    if (category === previous) return;
    template.category = category;
    template.previousCategory = previous;
    template.correctCategory = category;
    this.events.category(template, previous);
  }

  /** Gives notice of a change of category, which follows after 24 hours. */
  announceCategory(template: Template, correct: TemplateCategory): void {
    template.correctCategory = correct;
    const delayMs = 24 * HOUR_MS;
    this.events.categoryToCome(template, correct, this.clock.nowSeconds() + delayMs / 1000);
    this.timers.after(delayMs, () => {
      if (template.correctCategory === correct) this.changeCategory(template, correct);
    });
  }

  /** Low quality pauses a template that was approved. */
  setQuality(template: Template, quality: QualityRating): void {
    const previous = template.quality;
    template.quality = quality;
    this.events.quality(template, previous);
    if (quality === 'RED' && template.status === 'APPROVED') this.pause(template);
  }

  private become(template: Template, status: TemplateStatus, reason: string): void {
    template.status = status;
    template.rejectedReason = reason;
    // Whatever was under review is decided with this.
    template.reviewRound = (template.reviewRound ?? 0) + 1;
  }
}
