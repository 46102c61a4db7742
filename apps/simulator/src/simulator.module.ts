import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CONTROL_CONTROLLERS, CONTROL_PROVIDERS, CONTROL_TRAFFIC } from './control/control-parts.js';
import { ACCOUNTS, TRAFFIC, type Clearable } from './control/reset-simulator.js';
import { ErrorFilter } from './error.filter.js';
import { FaultQueue } from './faults/fault-queue.js';
import { GRAPH_ACCOUNT_STATE, GRAPH_CONTROLLERS, GRAPH_PROVIDERS, GRAPH_TRAFFIC } from './graph/graph-parts.js';
import { IndexController } from './index.controller.js';
import { PairBuckets } from './limits/pair-buckets.js';
import { ThroughputWindows } from './limits/throughput-windows.js';
import { Identifiers } from './random/identifiers.js';
import { SeededRandom } from './random/seeded-random.js';
import { Accounts } from './state/accounts.js';
import { Apps } from './state/apps.js';
import { Customers } from './state/customers.js';
import { Ledger } from './state/ledger.js';
import { Settings } from './state/settings.js';
import { Handshake } from './webhooks/handshake.js';
import { StatusPlayer } from './webhooks/status-player.js';
import { Timers } from './webhooks/timers.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookTransport } from './webhooks/webhook-transport.js';

const ACCOUNT_STATE = [Apps, Accounts, ...GRAPH_ACCOUNT_STATE];
const TRAFFIC_STATE = [Timers, WebhookSender, Ledger, Customers, Settings, FaultQueue, ThroughputWindows, PairBuckets];

const webhooks = [WebhookTransport, Handshake, StatusPlayer];

const reset: Provider[] = [
  { provide: TRAFFIC, inject: [...TRAFFIC_STATE, ...CONTROL_TRAFFIC, ...GRAPH_TRAFFIC], useFactory: (...parts: Clearable[]) => parts },
  { provide: ACCOUNTS, inject: ACCOUNT_STATE, useFactory: (...parts: Clearable[]) => parts },
];

/** The whole simulator; its state lives in the providers and ends with the process. */
@Module({})
export class SimulatorModule {
  static forSeed(seed: number): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [
        IndexController,
        ...CONTROL_CONTROLLERS,
        ...GRAPH_CONTROLLERS,
      ],
      providers: [
        { provide: SeededRandom, useValue: new SeededRandom(seed) },
        { provide: APP_FILTER, useClass: ErrorFilter },
        Identifiers,
        ...ACCOUNT_STATE,
        ...TRAFFIC_STATE,
        ...GRAPH_TRAFFIC,
        ...GRAPH_PROVIDERS,
        ...webhooks,
        ...CONTROL_TRAFFIC,
        ...CONTROL_PROVIDERS,
        ...reset,
      ],
    };
  }
}
