import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { MediaTooLarge, type MediaKind } from '@parley/domain';
import { OldOffice } from './old-office.js';
import { PlainText } from './plain-text.js';
import { HEAD_BYTES, OLD_OFFICE, sniffType } from './sniff.js';
import type { Watcher } from './watcher.js';

/** What may pass as what, and how much of it. */
export interface Admission {
  readonly kind: MediaKind;
  readonly limitBytes: number;
}

/** Who may pass a MediaGate. All of it throws where something may not. */
export interface GateRules {
  /** By the first bytes; without a type it may be plain text. */
  admit(mimeType: string | undefined, head: Buffer): Admission;
  /** A content that is not what it began as, or of no type at all: the type that it passes under. */
  untyped(mimeType: string | undefined): string;
  empty(): Error;
  /** When all has passed. */
  finish?(facts: MediaFacts): void;
}

/** What is known of a content when all of it has passed. */
export interface MediaFacts {
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly bytes: number;
  readonly sha256: Buffer;
}

/**
 * What every media passes on its way into the storage: its type is told from its content, its length is held against the
 * limit of its kind, its SHA-256 is made. What may not pass breaks the stream, so that nothing of it is kept.
 */
export class MediaGate extends Transform {
  private readonly hash = createHash('sha256');
  private head: Buffer[] = [];
  private bytes = 0;
  private admission: Admission | undefined;
  private mimeType: string | undefined;
  private watcher: Watcher | undefined;
  private known: MediaFacts | undefined;

  constructor(private readonly rules: GateRules) {
    super();
  }

  /** After the last byte. */
  get facts(): MediaFacts {
    if (!this.known) throw new Error('The content has not passed yet');
    return this.known;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receive(chunk).then(() => done(), done);
  }

  override _flush(done: TransformCallback): void {
    this.finish().then(() => done(), done);
  }

  private async receive(chunk: Buffer): Promise<void> {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    if (this.admission) return this.pass(chunk, this.admission);
    this.head.push(chunk);
    if (this.bytes >= HEAD_BYTES) await this.admit();
  }

  private async admit(): Promise<Admission> {
    const head = Buffer.concat(this.head);
    this.head = [];
    this.mimeType = await sniffType(head);
    const admission = this.rules.admit(this.mimeType, head);
    this.admission = admission;
    if (this.mimeType === undefined) this.watcher = new PlainText();
    if (this.mimeType === OLD_OFFICE) this.watcher = new OldOffice();
    this.pass(head, admission);
    return admission;
  }

  private pass(chunk: Buffer, { limitBytes }: Admission): void {
    if (this.bytes > limitBytes) throw new MediaTooLarge(this.bytes, limitBytes);
    this.watcher?.see(chunk);
    this.push(chunk);
  }

  private async finish(): Promise<void> {
    if (this.bytes === 0) throw this.rules.empty();
    const { kind } = this.admission ?? (await this.admit());
    const mimeType = (this.watcher ? this.watcher.end() : this.mimeType) ?? this.rules.untyped(this.mimeType);
    const facts = { kind, mimeType, bytes: this.bytes, sha256: this.hash.digest() };
    this.rules.finish?.(facts);
    this.known = facts;
  }
}
