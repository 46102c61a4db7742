import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { GraphClient } from '@parley/graph';
import { askMeta } from './graph-refusal.js';
import { newPin, NumberPins } from './number-pins.js';
import type { NumberView } from './number.view.js';
import { OwnNumbers, type OpenedNumber } from './own-numbers.js';
import { RefreshNumber } from './refresh-number.js';

/** How Meta shall send the code that proves who owns a number. */
export interface Verification {
  method: 'SMS' | 'VOICE';
  /** `en_US` */
  language: string;
}

/** A number's way onto the Cloud API and off it: code, PIN, registration. Each is one call to Meta. */
@Injectable()
export class RegisterNumber {
  constructor(
    private readonly graph: GraphClient,
    private readonly own: OwnNumbers,
    private readonly pins: NumberPins,
    private readonly refreshing: RefreshNumber,
  ) {}

  async requestCode(tenantId: TenantId, id: string, verification: Verification): Promise<void> {
    const { graphId, accessToken: token } = await this.own.openAccount(tenantId, id);
    await askMeta(() => this.graph.requestCode(graphId, verification, { token }));
  }

  /** @throws number.code-mismatch */
  async verifyCode(tenantId: TenantId, id: string, code: string): Promise<NumberView> {
    const number = await this.own.openAccount(tenantId, id);
    await askMeta(() => this.graph.verifyCode(number.graphId, code, { token: number.accessToken }));
    return this.refreshed(number);
  }

  /** Without a PIN the one that is kept here is used, or a new one is made. @throws number.pin-mismatch, number.unverified */
  async register(tenantId: TenantId, id: string, pin?: string): Promise<NumberView> {
    const number = await this.own.openAccount(tenantId, id);
    await this.registerOpened(number, pin);
    return this.refreshed(number);
  }

  /** The PIN is kept before it is sent: one that Meta knows and nobody else would lock the number. */
  async registerOpened({ tenantId, numberId, graphId, accessToken: token }: OpenedNumber, pin?: string): Promise<void> {
    const known = await this.pins.read(tenantId, numberId);
    const chosen = pin ?? known ?? newPin();
    if (chosen !== known) await this.pins.keep(tenantId, numberId, chosen);
    try {
      await askMeta(() => this.graph.register(graphId, { pin: chosen }, { token }));
    } catch (error) {
      // A wrong PIN is forgotten; the one that was kept before it may still be right.
      if (codeOf(error) === 'number.pin-mismatch') await this.pins.keep(tenantId, numberId, chosen === known ? null : known);
      throw error;
    }
  }

  async deregister(tenantId: TenantId, id: string): Promise<NumberView> {
    const number = await this.own.openAccount(tenantId, id);
    await askMeta(() => this.graph.deregister(number.graphId, { token: number.accessToken }));
    return this.refreshed(number);
  }

  private async refreshed(number: OpenedNumber): Promise<NumberView> {
    await this.refreshing.refresh(number);
    return this.own.get(number.tenantId, number.numberId);
  }

  async setPin(tenantId: TenantId, id: string, pin: string): Promise<void> {
    const { graphId, accessToken: token } = await this.own.openAccount(tenantId, id);
    const before = await this.pins.read(tenantId, id);
    await this.pins.keep(tenantId, id, pin);
    try {
      await askMeta(() => this.graph.setPin(graphId, pin, { token }));
    } catch (error) {
      // An answer that never came may have been a yes: then the new one stays, for it can be set again.
      if (codeOf(error) !== 'graph.unavailable') await this.pins.keep(tenantId, id, before);
      throw error;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DomainError ? error.code : undefined;
}
