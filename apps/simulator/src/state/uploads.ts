import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { ByteStore, type StoredBytes } from './byte-store.js';

/** Handles and sessions beyond this many make room for new ones. */
const MAX_KEPT = 10_000;

/** An upload that was begun and waits for its bytes. */
export interface UploadSession {
  readonly id: string;
  readonly appId: string;
  readonly fileType: string;
  readonly fileLength: number;
}

/** What a handle stands for. */
export interface UploadedFile {
  readonly handle: string;
  readonly mimeType: string;
  readonly stored: StoredBytes;
}

/** Resumable uploads: of the examples of template headers, and of profile pictures. */
@Injectable()
export class Uploads {
  private readonly sessions = new Map<string, UploadSession>();
  private readonly files = new Map<string, UploadedFile>();
  private readonly random: RandomStream;

  constructor(
    private readonly bytes: ByteStore,
    random: SeededRandom,
  ) {
    this.random = random.stream('uploads');
  }

  begin(upload: Omit<UploadSession, 'id'>): UploadSession {
    const session = { ...upload, id: `upload:${this.random.bytes(48).toString('base64url')}` };
    this.sessions.set(session.id, session);
    dropOldest(this.sessions);
    return session;
  }

  find(sessionId: string): UploadSession | undefined {
    return this.sessions.get(sessionId);
  }

  /** Ends a session with the bytes that came. @returns the file with the handle that it is known by from now on */
  finish(session: UploadSession, stored: StoredBytes): UploadedFile {
    const type = Buffer.from(session.fileType).toString('base64');
    const handle = `4::${type}:${this.random.bytes(48).toString('base64url')}:e:${session.appId}`;
    const file = { handle, mimeType: session.fileType, stored };
    this.sessions.delete(session.id);
    this.files.set(handle, file);
    const dropped = dropOldest(this.files);
    if (dropped) this.bytes.drop(dropped.stored.path);
    return file;
  }

  findFile(handle: string): UploadedFile | undefined {
    return this.files.get(handle);
  }

  clear(): void {
    for (const { stored } of this.files.values()) this.bytes.drop(stored.path);
    this.sessions.clear();
    this.files.clear();
  }
}

function dropOldest<T>(kept: Map<string, T>): T | undefined {
  if (kept.size <= MAX_KEPT) return undefined;
  const [oldest] = kept;
  if (!oldest) return undefined;
  kept.delete(oldest[0]);
  return oldest[1];
}
