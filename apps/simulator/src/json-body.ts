import { HttpException } from '@nestjs/common';

type Done = (error: Error | null, body?: unknown) => void;

/** Reads a JSON body as Graph does: an empty one is no mistake, whatever its content type says. */
export function readJsonBody(_request: unknown, bytes: Buffer, done: Done): void {
  if (bytes.length === 0) return done(null, {});
  try {
    done(null, JSON.parse(bytes.toString('utf8')));
  } catch {
    done(new HttpException('The body is not valid JSON', 400));
  }
}
