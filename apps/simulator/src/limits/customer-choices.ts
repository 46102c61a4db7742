import { Injectable } from '@nestjs/common';

/** What customers decided about businesses: whom they blocked, and whose marketing they do not want. */
@Injectable()
export class CustomerChoices {
  private readonly blocked = new Set<string>();
  private readonly optedOut = new Set<string>();

  /** A customer blocks a business number, or lets it write again. */
  block(phoneNumberId: string, phone: string, isBlocked: boolean): void {
    change(this.blocked, `${phoneNumberId}:${phone}`, isBlocked);
  }

  isBlocked(phoneNumberId: string, phone: string): boolean {
    return this.blocked.size > 0 && this.blocked.has(`${phoneNumberId}:${phone}`);
  }

  /** A customer stops the marketing messages of a business, or takes them up again. */
  optOut(wabaId: string, phone: string, isOptedOut: boolean): void {
    change(this.optedOut, `${wabaId}:${phone}`, isOptedOut);
  }

  isOptedOut(wabaId: string, phone: string): boolean {
    return this.optedOut.size > 0 && this.optedOut.has(`${wabaId}:${phone}`);
  }

  clear(): void {
    this.blocked.clear();
    this.optedOut.clear();
  }
}

function change(set: Set<string>, key: string, isIn: boolean): void {
  if (isIn) set.add(key);
  else set.delete(key);
}
