import { Injectable } from '@nestjs/common';
import { isJsonObject, type JsonObject } from '../../json.js';
import { SEARCH_VISIBILITIES, type BusinessNumber } from '../../state/account.js';
import { GraphError } from '../graph-error.js';
import { OverrideCallback } from '../override-callback.js';
import { readDisplayName } from './add-number.js';
import { RegisterNumber } from './register-number.js';
import { NumberEvents } from './number-events.js';

/** POST /{phone number id}: the PIN, the callback, the display name and whether it is found. */
@Injectable()
export class EditNumber {
  constructor(
    private readonly registerNumber: RegisterNumber,
    private readonly override: OverrideCallback,
    private readonly events: NumberEvents,
  ) {}

  /** @throws GraphError 100 for what cannot be set so, and for a request that sets nothing */
  async edit(number: BusinessNumber, body: JsonObject): Promise<void> {
    const { pin, webhook_configuration: configuration, new_display_name: name, search_visibility: visibility } = body;
    if ([pin, configuration, name, visibility].every((value) => value === undefined)) {
      throw new GraphError(100, {
        message: '(#100) pin, webhook_configuration, new_display_name or search_visibility is required',
      });
    }
    if (configuration !== undefined) await this.setCallback(number, configuration);
    if (visibility !== undefined) number.searchVisibility = readVisibility(visibility);
    if (name !== undefined) this.askForName(number, readDisplayName(name, 'new_display_name'));
    if (pin !== undefined) this.registerNumber.setPin(number, pin);
  }

  private async setCallback(number: BusinessNumber, configuration: unknown): Promise<void> {
    if (!isJsonObject(configuration) || configuration['override_callback_uri'] === undefined) {
      throw new GraphError(100, { details: 'webhook_configuration needs override_callback_uri.' });
    }
    const { override_callback_uri: uri, verify_token: verifyToken } = configuration;
    number.overrideCallbackUri = await this.override.verify(uri, verifyToken);
  }

  /** The review is Meta's: NumberReviews.approveName and rejectName end it. */
  private askForName(number: BusinessNumber, name: string): void {
    number.newName = { name, status: 'PENDING_REVIEW' };
    this.events.name(number, 'PENDING', name, null);
  }
}

function readVisibility(value: unknown): (typeof SEARCH_VISIBILITIES)[number] {
  const visibility = SEARCH_VISIBILITIES.find((one) => one === value);
  if (visibility) return visibility;
  throw new GraphError(100, {
    message: `(#100) Param search_visibility must be one of {${SEARCH_VISIBILITIES.join()}}`,
  });
}
