import { Injectable } from '@nestjs/common';
import { syncAccountOfNumber, SystemDb } from '@parley/data';
import { GraphClient } from '@parley/graph';
import { CredentialSource, SyncTemplates } from '@parley/messaging';
import { JobProcessor, type JobPayload } from '@parley/queue';

/** Job templates.sync: reads the templates of a number's account from Meta. */
@Injectable()
export class SyncTemplatesProcessor extends JobProcessor<'templates.sync'> {
  readonly job = 'templates.sync';

  constructor(
    private readonly db: SystemDb,
    private readonly graph: GraphClient,
    private readonly templates: SyncTemplates,
    private readonly credentials: CredentialSource,
  ) {
    super();
  }

  async process({ numberId }: JobPayload<'templates.sync'>, signal: AbortSignal): Promise<void> {
    const account = await syncAccountOfNumber(this.db, numberId);
    // The number was disconnected since the job was made.
    if (!account) return;
    const { tenantId, accountId, wabaId } = account;
    const token = await this.credentials.accessToken({ tenantId, accountId });
    await this.templates.sync(tenantId, accountId, this.graph.listTemplates(wabaId, { token, signal }));
  }
}
