import { Injectable } from '@nestjs/common';
import { NumberReviews } from '../graph/numbers/number-reviews.js';
import type { BusinessNumber } from '../state/account.js';
import { ControlProblem } from './control-problem.js';
import type { NumberChangeDto } from './dto/number.dto.js';

/** Plays Meta's part towards a number, and tells the subscribed apps about it. */
@Injectable()
export class ChangeNumberState {
  constructor(private readonly reviews: NumberReviews) {}

  /** @throws ControlProblem for a decision on a display name where none waits for it */
  change(number: BusinessNumber, dto: NumberChangeDto): BusinessNumber {
    const { status, qualityRating, throughputLevel, name, reason = 'NAME_NOT_CONSISTENT' } = dto;
    if (name !== undefined) {
      const isDone = name === 'APPROVED' ? this.reviews.approveName(number) : this.reviews.rejectName(number, reason);
      if (!isDone) throw new ControlProblem(409, 'name.missing', 'No display name of this number waits for a review.');
    }
    if (status !== undefined) number.status = status;
    if (qualityRating !== undefined) this.reviews.setQuality(number, qualityRating);
    if (throughputLevel !== undefined) this.reviews.setThroughput(number, throughputLevel);
    return number;
  }
}
