import { Injectable } from '@nestjs/common';
import type { MetaApp } from './account.js';

/** The Meta apps that were made known. */
@Injectable()
export class Apps {
  private readonly byId = new Map<string, MetaApp>();

  /** Adds an app, or changes the known one in place, so that what waits for it follows. */
  put(app: MetaApp): void {
    this.byId.set(app.appId, Object.assign(this.byId.get(app.appId) ?? {}, app));
  }

  find(appId: string | undefined): MetaApp | undefined {
    return appId === undefined ? undefined : this.byId.get(appId);
  }

  /** The app of an app access token, `APP_ID|APP_SECRET`. */
  findByToken(token: string): MetaApp | undefined {
    const [appId, secret] = token.split('|');
    const app = this.find(appId);
    return app?.appSecret === secret ? app : undefined;
  }

  /** The app that an account means when it names none: the only one there is. */
  only(): MetaApp | undefined {
    return this.byId.size === 1 ? this.byId.values().next().value : undefined;
  }

  all(): MetaApp[] {
    return [...this.byId.values()];
  }

  clear(): void {
    this.byId.clear();
  }
}
