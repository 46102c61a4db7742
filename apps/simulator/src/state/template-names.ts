import { Injectable } from '@nestjs/common';
import type { Account, Template } from './account.js';
import { Clock } from './clock.js';

const HOUR_MS = 60 * 60 * 1000;

/** Meta: the name of a deleted template that was approved is not free for 30 days. */
const BLOCKED_MS = 30 * 24 * HOUR_MS;

/** What becomes of names and of the pace at which templates are made. */
@Injectable()
export class TemplateNames {
  /** When the name of an account is free again, in Unix milliseconds; the oldest come first. */
  private readonly freeAt = new Map<string, number>();
  private readonly createdAt = new Map<string, number[]>();

  constructor(private readonly clock: Clock) {}

  block({ wabaId, name, language }: Template): void {
    const nowMs = this.clock.nowMs();
    for (const [key, freeAtMs] of this.freeAt) {
      if (freeAtMs > nowMs) break;
      this.freeAt.delete(key);
    }
    this.freeAt.set(keyOf(wabaId, name, language), nowMs + BLOCKED_MS);
  }

  isBlocked(wabaId: string, name: string, language: string): boolean {
    return (this.freeAt.get(keyOf(wabaId, name, language)) ?? 0) > this.clock.nowMs();
  }

  /** Counts a template that was made. */
  noteCreation({ wabaId }: Account): void {
    this.createdAt.set(wabaId, [...this.recentlyCreated(wabaId), this.clock.nowMs()]);
  }

  /** How many templates an account made within the last hour. */
  createdWithinHour({ wabaId }: Account): number {
    return this.recentlyCreated(wabaId).length;
  }

  clear(): void {
    this.freeAt.clear();
    this.createdAt.clear();
  }

  private recentlyCreated(wabaId: string): number[] {
    const since = this.clock.nowMs() - HOUR_MS;
    return (this.createdAt.get(wabaId) ?? []).filter((at) => at > since);
  }
}

function keyOf(wabaId: string, name: string, language: string): string {
  return `${wabaId}\n${name}\n${language}`;
}
